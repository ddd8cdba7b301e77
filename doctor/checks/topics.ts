import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { TOPIC } from "@gifticon/contract/facts/queue.ts";
import { ADVICE } from "../advice.ts";
import { type Declared, declaredTopics } from "../declared.ts";
import type { Finding } from "../finding.ts";
import type { Observation } from "../observation.ts";

/**
 * Checks that the broker runs and has the declared topics. Without a job that declares topics, as
 * in mode direct, it finds nothing.
 *
 * @param up the command that updates the environment.
 */
export function checkTopics(
  declared: Pick<Declared, "composes">,
  { hosts }: Pick<Observation, "hosts">,
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
      kind: "broker" as const,
      what: `the broker doesn't start, because its volume belongs to a ZooKeeper whose volume was lost: ${end}`,
      next: ADVICE.zookeeperLost(),
    }));
  }
  if (hosts[HOSTS.kafka] === undefined) return [];
  const fault = seen.some(({ brokers }) => brokers > 0) ? "doesn't report its topics" : "doesn't run";
  return [
    {
      kind: "broker",
      what: `the broker ${fault}`,
      next: ADVICE.readBrokerLogs(SWARM_SERVICES.broker),
    },
  ];
}

/** Turns a line of `declare-topics --check` into a finding. */
function findingOf(line: string, up: string): Finding {
  const [name = "", kind, found = "", declared = ""] = line.split(" ");
  switch (kind) {
    case "missing":
      return {
        // No task needs the topic of dead letters to be ready.
        kind: name === TOPIC ? "topic" : undefined,
        what: `topic ${name} is missing; requests that waited in it, if any, are lost`,
        next: ADVICE.upCreatesTopic(up),
      };
    case "fewer":
      return {
        what: `topic ${name} has ${found} partitions, and ${declared} are declared`,
        next: ADVICE.upAddsPartitions(up),
      };
    case "more":
      return {
        what: `topic ${name} has ${found} partitions, and ${declared} are declared`,
        next: ADVICE.keepPartitions(found, up),
      };
    default:
      return { what: `topic ${name} has the settings ${found}, not ${declared}`, next: ADVICE.upRestoresThem(up) };
  }
}
