import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a plan of records from standard input, in the format of support/record-plan.ts. Exits with
 * an error if a record isn't acknowledged. Arguments: BOOTSTRAP TOPIC.
 */
class ProducePlan {
  private record Batch(String codec, String mode, List<ProducerRecord<byte[], byte[]>> records) {}

  public static void main(String[] args) throws Exception {
    int index = 0;
    for (Batch batch : read(args[1])) produce(args[0], args[1] + "-java-" + index++, batch);
  }

  private static List<Batch> read(String topic) throws Exception {
    var batches = new ArrayList<Batch>();
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals("batch")) {
        batches.add(new Batch(fields[2], fields[3], new ArrayList<>()));
        continue;
      }
      var headers = new RecordHeaders();
      for (String pair : fields[4].split(",")) {
        if (pair.isEmpty()) continue;
        String[] parts = pair.split(":", -1);
        headers.add(new String(bytes(parts[0]), "UTF-8"), bytes(parts[1]));
      }
      Long timestamp = fields[3].equals("-") ? null : Long.valueOf(fields[3]);
      var record = new ProducerRecord<>(topic, null, timestamp, bytes(fields[1]), bytes(fields[2]), headers);
      batches.get(batches.size() - 1).records().add(record);
    }
    return batches;
  }

  private static byte[] bytes(String field) {
    return field.equals("-") ? null : HexFormat.of().parseHex(field);
  }

  private static void produce(String bootstrap, String transactionalId, Batch batch) throws Exception {
    boolean transaction = !batch.mode().equals("plain");
    var settings = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 50));
    settings.put("compression.type", batch.codec());
    settings.put("max.request.size", 4_000_000);
    if (transaction) settings.put("transactional.id", transactionalId);
    try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (transaction) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      var sent = new ArrayList<Future<?>>();
      for (var record : batch.records()) sent.add(producer.send(record));
      producer.flush();
      for (var one : sent) one.get();
      if (batch.mode().equals("commit")) producer.commitTransaction();
      if (batch.mode().equals("abort")) producer.abortTransaction();
    }
  }
}
