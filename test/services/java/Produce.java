import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes user ids to a topic as the Spring services do: the key as String, the value as Long.
 * Arguments: BOOTSTRAP TOPIC MODE:FIRST:LAST... A mode is a compression, or "commit" or "abort"
 * for a transaction.
 */
class Produce {
  public static void main(String[] args) throws Exception {
    for (int index = 2; index < args.length; index++) {
      String[] order = args[index].split(":");
      produce(args[0], args[1], order[0], LongStream.rangeClosed(Long.parseLong(order[1]), Long.parseLong(order[2])));
    }
  }

  private static void produce(String bootstrap, String topic, String mode, LongStream userIds)
      throws Exception {
    boolean transaction = mode.equals("commit") || mode.equals("abort");
    Map<String, Object> common = Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 200);
    Map<String, Object> own =
        transaction ? Map.of("transactional.id", topic + mode) : Map.of("compression.type", mode);
    var settings = new java.util.HashMap<String, Object>(common);
    settings.putAll(own);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new LongSerializer())) {
      if (transaction) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      var sent =
          userIds.mapToObj(userId -> producer.send(new ProducerRecord<>(topic, Long.toString(userId), userId))).toList();
      producer.flush();
      for (var one : sent) one.get();
      if (mode.equals("commit")) producer.commitTransaction();
      if (mode.equals("abort")) producer.abortTransaction();
    }
  }
}
