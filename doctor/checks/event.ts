import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Finding } from "../finding.ts";
import { type Sight, tasksOf } from "../sight.ts";

/**
 * Checks that the event can go on: each task is ready, which takes the broker and the database, and
 * the queue gets shorter. A queue alone is no fault: it is the purpose of the topic.
 */
export function checkEvent(sight: Pick<Sight, "hosts" | "later">, up: string): Finding[] {
  const missing = Object.values(sight.hosts).some((host) => host?.topics?.some((line) => line.endsWith(" missing")));
  const findings: Finding[] = tasksOf(sight.hosts).flatMap(({ host, service, ready }) => {
    if (ready?.ok === true) return [];
    const logs = `on the manager: sudo docker service logs --tail 50 ${service} has its words`;
    return [
      {
        what: `${service} on ${host} ${ready === undefined ? "doesn't answer" : `is not ready: ${ready.reason ?? "it doesn't say why"}`}`,
        next: missing ? `${up} makes the missing topic again, without which no task is ready` : logs,
      },
    ];
  });
  return [...findings, ...checkLag(sight)];
}

function checkLag({ hosts, later }: Pick<Sight, "hosts" | "later">): Finding[] {
  const [before, after] = [standing(hosts), standing(later ?? {})];
  if (before === undefined || after === undefined || after.queued === 0) return [];
  if (after.decided > before.decided) return [];
  // The transaction that holds all of them back is a finding of its own.
  const held = Object.values(later ?? {}).some((host) => (host?.transactions ?? []).length > 0);
  if (held && after.held >= after.queued) return [];
  return [
    {
      what: `${after.queued} requests wait in the topic and none was decided within the look`,
      next: `on the manager: sudo docker service logs --tail 50 ${SWARM_SERVICES.issuer} tells what the issuer waits for`,
    },
  ];
}

/**
 * Returns how many requests wait, are decided, and are held back, from the first copy of the API
 * that knows. Undefined when none does: the issuer's lag alone doesn't tell how many are decided.
 */
function standing(hosts: Sight["hosts"]): { queued: number; decided: number; held: number } | undefined {
  for (const { stats } of tasksOf(hosts)) {
    if (typeof stats?.queued === "number" && typeof stats.accepted === "number")
      return { queued: stats.queued, decided: stats.accepted - stats.queued, held: stats.held ?? 0 };
  }
  return undefined;
}
