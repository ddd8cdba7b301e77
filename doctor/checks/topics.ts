import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { type Declared, declaredTopics } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Sight } from "../sight.ts";

/**
 * Checks that the broker runs, and that it has the topics as they are declared. Without a job that
 * declares topics, as in mode direct, nothing is wrong.
 *
 * @param up the command of an up.
 */
export function checkTopics(
  declared: Pick<Declared, "composes">,
  { hosts }: Pick<Sight, "hosts">,
  up: string,
): Finding[] {
  if (declaredTopics(declared).length === 0) return [];
  const seen = Object.values(hosts).flatMap((host) => host ?? []);
  const ends = seen.map(({ brokerEnd }) => brokerEnd).filter((end) => end !== "");
  if (seen.some(({ topics }) => topics !== null)) {
    return seen.flatMap(({ topics }) => (topics ?? []).map((line) => findingOf(line, up)));
  }
  if (ends.length > 0) {
    return ends.map((end) => ({
      what: `the broker doesn't start, as its volume belongs to a ZooKeeper whose volume was lost: ${end}`,
      next: 'docs/troubleshooting.md, "ZooKeeper\'s volume is lost", tells how to go on with all that waits in the topic',
    }));
  }
  if (hosts[HOSTS.kafka] === undefined) return [];
  const why = seen.some(({ brokers }) => brokers > 0) ? "doesn't tell its topics" : "doesn't run";
  return [
    {
      what: `the broker ${why}`,
      next: `on the manager: sudo docker service logs --tail 50 ${SWARM_SERVICES.broker} tells why`,
    },
  ];
}

/** Puts a line of `declare-topics --check` into words. */
function findingOf(line: string, up: string): Finding {
  const [name = "", kind, found = "", declared = ""] = line.split(" ");
  switch (kind) {
    case "missing":
      return {
        what: `topic ${name} is missing, and what waited in it is lost`,
        next: `${up} makes it again`,
      };
    case "fewer":
      return { what: `topic ${name} has ${found} partitions, and ${declared} are declared`, next: `${up} adds them` };
    case "more":
      return {
        what: `topic ${name} has ${found} partitions, and ${declared} are declared`,
        next: `set kafka.partitions to ${found}, then ${up}; Kafka can't take any away`,
      };
    default:
      return { what: `topic ${name} has the settings ${found}, not ${declared}`, next: `${up} puts them back` };
  }
}
