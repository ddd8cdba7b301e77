import { HOSTS, SERVICE_LABEL, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { TOPIC } from "@gifticon/contract/facts/queue.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import { type Observation, tasksOf } from "../observation.ts";

/**
 * Finds open transactions of producers that hold back requests in both observations. A shorter
 * transaction is no fault.
 */
export function checkTransactions({ hosts, later }: Pick<Observation, "hosts" | "later">): Finding[] {
  const start = hosts[HOSTS.kafka]?.clock ?? 0;
  const held = new Map(tasksOf(later ?? {}).flatMap(({ held }) => Object.entries(held)));
  return (later?.[HOSTS.kafka]?.transactions ?? []).flatMap((line) => {
    const [partition = "", producer = "", offset = "", since = "", id = "-"] = line.split(" ");
    if (Number(since) / 1_000 > start) return [];
    const opened = new Date(Number(since)).toISOString();
    const owner = id === "-" ? `producer ${producer}, which no coordinator knows,` : `${id} (producer ${producer})`;
    return [
      {
        what: `a transaction of ${owner} has been open since ${opened}; ${held.get(partition) ?? 0} records in partition ${partition} of ${TOPIC}, its own included, wait for its end`,
        next: ADVICE.endTransaction(HOSTS.kafka, abort(partition, offset)),
      },
    ];
  });
}

function abort(partition: string, offset: string): string {
  const broker = `$(sudo docker ps --quiet --filter label=${SERVICE_LABEL}=${SWARM_SERVICES.broker})`;
  return `sudo docker exec ${broker} open-transactions abort ${TOPIC} ${partition} ${offset}`;
}
