import { fastify } from "fastify";
import { Kafka, logLevel, Partitioners } from "kafkajs";

// The baseline for main-api: the shortest way to write a request to the topic before answering. No
// limits, no retries, no metrics, no status, no shutdown.
const { PORT, KAFKA_BOOTSTRAP_SERVERS = "", KAFKA_TOPIC = "" } = process.env;
const kafka = new Kafka({ brokers: [KAFKA_BOOTSTRAP_SERVERS], logLevel: logLevel.NOTHING });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

interface Waiting {
  userId: number;
  resolve: () => void;
  reject: (error: Error) => void;
}
let waiting: Waiting[] = [];

function flush(): void {
  const batch = waiting;
  waiting = [];
  const messages = batch.map(({ userId }) => {
    const value = Buffer.alloc(8);
    value.writeBigInt64BE(BigInt(userId));
    return { key: userId.toString(), value };
  });
  producer.send({ topic: KAFKA_TOPIC, messages, acks: -1 }).then(
    () => {
      for (const { resolve } of batch) resolve();
    },
    (error: unknown) => {
      for (const { reject } of batch) reject(error as Error);
    },
  );
}

const app = fastify();
app.post<{ Body: { userId: number } }>("/gifticons", async ({ body: { userId } }, reply) => {
  await new Promise<void>((resolve, reject) => {
    if (waiting.push({ userId, resolve, reject }) === 1) setTimeout(flush, 2);
  });
  return reply.code(202).send({ status: "queued" });
});
app.get("/readyz", () => ({ ok: true }));
await app.listen({ host: "127.0.0.1", port: Number(PORT), backlog: 4_096 });
