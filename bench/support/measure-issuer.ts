import { encodeRecord } from "@gifticon/contract/record.ts";
import { newRequestId } from "@gifticon/contract/request-id.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { Broker } from "../../services/testing/broker.ts";
import { freePort } from "../../services/testing/containers.ts";
import type { Backing } from "../../services/testing/backing.ts";
import { createEvent } from "../../services/testing/event.ts";
import type { Candidate } from "./candidates.ts";
import { measure } from "./measured-process.ts";

/** Records in a batch of Kafka's, about as many as main-api writes together under load. */
const BATCH = 100;
/** Batches that are sent at the same time. */ const AT_ONCE = 50;

/** Speed and cost of an issuer. Memory in MB. */
export interface IssuerRow {
  name: string;
  rowsPerSecond: number;
  cpuSecondsPer10k: number;
  peakMb: number;
}

/**
 * Creates a topic with one partition and this many requests, each of another user, as main-api
 * writes them.
 */
export async function fillTopic(broker: Broker, records: number): Promise<string> {
  const topic = `backlog_${process.pid}`;
  await broker.createTopic(topic);
  const write = (first: number) => {
    const requests = Array.from({ length: Math.min(BATCH, records - first + 1) }, (_, index) => ({
      requestId: newRequestId(),
      userId: BigInt(first + index),
      requestedAt: Date.now(),
    }));
    return broker.produce(topic, requests.map(encodeRecord));
  };
  for (let first = 1; first <= records; first += BATCH * AT_ONCE) {
    const batches = Math.min(AT_ONCE, Math.ceil((records - first + 1) / BATCH));
    await Promise.all(Array.from({ length: batches }, (_, index) => write(first + index * BATCH)));
  }
  return topic;
}

/**
 * Measures an issuer that empties the topic into its own database, from its first commit to its
 * last. It has its own consumer group.
 */
export async function measureIssuer(
  backing: Backing,
  { name, args, ownsTables }: Candidate,
  topic: string,
  records: number,
): Promise<IssuerRow> {
  await using event = await createEvent(backing, records);
  // The migrations also need the roles and the stock.
  const owner = ownsTables ? event.migration : {};
  const environment = { ...event.environment, ...owner, KAFKA_TOPIC: topic };
  await using issuer = await measure(args, await freePort(), environment);
  const lagBelow = (limit: number) =>
    waitUntil(
      `a lag below ${limit}`,
      async () => {
        const lag = await backing.broker.lag(topic, event.groupId);
        return lag < limit && { lag, at: performance.now() };
      },
      { everyMs: 100, timeoutMs: 600_000 },
    );
  const start = await lagBelow(records);
  const end = await lagBelow(1);
  return {
    name,
    rowsPerSecond: (start.lag / (end.at - start.at)) * 1_000,
    cpuSecondsPer10k: (issuer.cpuSeconds() / records) * 10_000,
    peakMb: issuer.memory().peak,
  };
}
