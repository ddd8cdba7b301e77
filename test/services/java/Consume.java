import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads a topic as the Spring services do, and prints a line "KEY VALUE" for each record.
 * Arguments: BOOTSTRAP GROUP TOPIC COUNT. It waits at most a minute for COUNT records.
 */
class Consume {
  public static void main(String[] args) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", args[0], "group.id", args[1], "auto.offset.reset", "earliest");
    int missing = Integer.parseInt(args[3]);
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
      consumer.subscribe(List.of(args[2]));
      while (missing > 0 && System.nanoTime() < deadline) {
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          System.out.println(record.key() + " " + record.value());
          missing--;
        }
      }
      consumer.commitSync();
    }
    System.exit(missing == 0 ? 0 : 1);
  }
}
