import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import { type Observation, tasksOf } from "../observation.ts";

/**
 * Checks that each task is ready, so it reaches the broker and the database, and that the queue
 * gets shorter. Waiting requests alone are no fault.
 */
export function checkEvent(observation: Pick<Observation, "hosts" | "later">): Finding[] {
  const findings: Finding[] = tasksOf(observation.hosts).flatMap(({ host, service, ready }) => {
    if (ready?.ok === true) return [];
    return [
      {
        // A task that doesn't answer or lacks the database has a cause of its own.
        kind: ready === undefined || ready.reason?.startsWith("database:") ? undefined : "event's tasks",
        what: `${service} on ${host} ${ready === undefined ? "doesn't answer" : `is not ready: ${ready.reason ?? "it gives no reason"}`}`,
        next: ADVICE.readLogs(service),
      },
    ];
  });
  return [...findings, ...checkLag(observation)];
}

function checkLag({ hosts, later }: Pick<Observation, "hosts" | "later">): Finding[] {
  const [before, after] = [progressOf(hosts), progressOf(later ?? {})];
  if (before === undefined || after === undefined || after.queued === 0) return [];
  if (after.decided > before.decided) return [];
  // checkTransactions reports the transaction that holds all these requests back.
  const hasTransaction = Object.values(later ?? {}).some((host) => (host?.transactions ?? []).length > 0);
  if (hasTransaction && after.held >= after.queued) return [];
  return [
    {
      kind: "queue",
      what: `${after.queued} requests wait in the topic and none was decided during the check`,
      next: ADVICE.readIssuerLogs(SWARM_SERVICES.issuer),
    },
  ];
}

/**
 * Returns the numbers of requests that wait, are decided, and are held back by transactions, from
 * the first task of the API that reports them. Returns undefined without one, because the issuer
 * reports only its lag.
 */
function progressOf(hosts: Observation["hosts"]): { queued: number; decided: number; held: number } | undefined {
  for (const { stats } of tasksOf(hosts)) {
    if (typeof stats?.queued === "number" && typeof stats.accepted === "number")
      return { queued: stats.queued, decided: stats.accepted - stats.queued, held: stats.held ?? 0 };
  }
  return undefined;
}
