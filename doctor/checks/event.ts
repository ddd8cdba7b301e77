import { SERVICES, STACKS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Declared } from "../declared.ts";
import type { Finding } from "../finding.ts";
import { type Sight, tasksOf } from "../sight.ts";

/**
 * Whether the event can go on: each task ready (which takes the broker and the database), the topic as declared, and what waits in it getting less. A queue alone is
 * no fault: it is what the topic is for.
 */
export function checkEvent({ composes }: Pick<Declared, "composes">, sight: Pick<Sight, "hosts" | "later">): Finding[] {
  const tasks = tasksOf(sight.hosts);
  const findings: Finding[] = tasks.flatMap(({ host, service, ready }) => {
    if (ready?.ok === true) return [];
    return [
      {
        what: `${service} on ${host} ${ready === undefined ? "doesn't answer" : `is not ready: ${ready.reason ?? "it doesn't say why"}`}`,
        next: `on the manager: sudo docker service logs --tail 50 ${service} has its words`,
      },
    ];
  });
  const partitions = partitionsDeclared(composes);
  for (const { lag } of tasks.filter(({ service, lag }) => service === SWARM_SERVICES.issuer && lag.length > 0)) {
    if (partitions !== undefined && lag.length !== partitions) {
      findings.push({
        what: `the topic has ${lag.length} partitions, and ${partitions} are declared`,
        next: "set kafka.partitions to what the topic has, or declare more and run up; Kafka can't take any away",
      });
    }
  }
  return [...findings, ...checkLag(sight)];
}

function checkLag({ hosts, later }: Pick<Sight, "hosts" | "later">): Finding[] {
  const [before, after] = [standing(hosts), standing(later ?? {})];
  if (before === undefined || after === undefined || after.queued === 0) return [];
  if (after.decided > before.decided) return [];
  return [
    {
      what: `${after.queued} requests wait in the topic and none was decided within the look`,
      next: `on the manager: sudo docker service logs --tail 50 ${SWARM_SERVICES.issuer} tells what the issuer waits for`,
    },
  ];
}

/** How many wait and how many are decided, as a copy of the API tells it, or as the issuer's lag does. */
function standing(hosts: Sight["hosts"]): { queued: number; decided: number } | undefined {
  for (const { stats } of tasksOf(hosts)) {
    if (typeof stats?.queued === "number" && typeof stats.accepted === "number")
      return { queued: stats.queued, decided: stats.accepted - stats.queued };
  }
  return undefined;
}

/** As the job that declares the topics is told: NAME:PARTITIONS. */
function partitionsDeclared(composes: Declared["composes"]): number | undefined {
  const declared = composes[STACKS.kafka]?.services[SERVICES.topics]?.command?.[1]?.split(":")[1];
  return declared === undefined ? undefined : Number(declared);
}
