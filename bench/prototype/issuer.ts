import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";

// The baseline for the gifticon issuer: one transaction for 2,000 records, then the offset. It has
// no dead letters, codes, adaptive batches, heartbeats, health checks or second issuer.
const { PORT, KAFKA_BOOTSTRAP_SERVERS = "", KAFKA_TOPIC = "", KAFKA_GROUP_ID = "" } = process.env;
const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER } = process.env;
const { DATABASE_PASSWORD_FILE = "", DATABASE_CA_FILE = "", EVENT_STOCK } = process.env;

const client = new pg.Client({
  host: DATABASE_HOST,
  port: Number(DATABASE_PORT),
  database: DATABASE_NAME,
  user: DATABASE_USER,
  password: readFileSync(DATABASE_PASSWORD_FILE, "utf8"),
  ssl: { ca: readFileSync(DATABASE_CA_FILE, "utf8"), checkServerIdentity: () => undefined },
});
await client.connect();
await client.query(
  `create table request (user_id bigint primary key, decided_at timestamptz default now());
   create table stock (remaining bigint check (remaining >= 0)); insert into stock values (${Number(EVENT_STOCK)})`,
);

const kafka = new Kafka({ brokers: [KAFKA_BOOTSTRAP_SERVERS], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: KAFKA_GROUP_ID });
await consumer.connect();
await consumer.subscribe({ topics: [KAFKA_TOPIC], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  eachBatch: async (payload) => {
    const { messages } = payload.batch;
    for (let next = 0; next < messages.length; next += 2_000) {
      const chunk = messages.slice(next, next + 2_000);
      const users = chunk.map(({ value }) => value?.readBigInt64BE().toString() ?? "0");
      await client.query("begin");
      const { rowCount } = await client.query({
        name: "issue",
        text: "insert into request (user_id) select unnest($1::bigint[]) on conflict do nothing",
        values: [`{${users.join(",")}}`],
      });
      await client.query("update stock set remaining = remaining - $1", [rowCount]);
      await client.query("commit");
      payload.resolveOffset(chunk.at(-1)?.offset ?? "0");
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    }
  },
});
createServer((_request, response) => response.end("{}")).listen(Number(PORT), "127.0.0.1");
