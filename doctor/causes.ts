import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { FaultKind, Finding } from "./finding.ts";

const IN_EVENT = ["event's tasks", "queue", "entrance"] as const;

/**
 * Kinds of faults with the kinds that only follow from them, the deepest cause first. A mended
 * cause mends what follows.
 */
const EXPLAINS: readonly (readonly [FaultKind, readonly FaultKind[]])[] = [
  ["broker's host", ["broker", "broker's tasks", ...IN_EVENT]],
  ["broker's service", ["broker", "broker's tasks", ...IN_EVENT]],
  ["broker", ["broker's tasks", ...IN_EVENT]],
  ["topic", IN_EVENT],
];

/** Faults of one kind, with those that follow from them. */
export interface Cause {
  faults: readonly Finding[];
  follow: readonly Finding[];
}

/**
 * Finds the faults that explain others. A fault that explains no other fault is not among them.
 */
export function findCauses(findings: readonly Finding[]): Cause[] {
  const explained = new Set<Finding>();
  return EXPLAINS.flatMap(([kind, kinds]) => {
    const left = findings.filter((finding) => !explained.has(finding));
    const faults = left.filter((finding) => finding.kind === kind);
    const follow = left.filter((finding) => finding.kind !== undefined && kinds.includes(finding.kind));
    if (faults.length === 0 || follow.length === 0) return [];
    for (const finding of [...faults, ...follow]) explained.add(finding);
    return [{ faults, follow }];
  });
}

/** Returns the kind of the fault that a service's tasks don't run, for no cause of their own. */
export function kindOfTasks(service: string): FaultKind | undefined {
  if (service === SWARM_SERVICES.broker || service === SWARM_SERVICES.topics) return "broker's tasks";
  if (service === SWARM_SERVICES.api || service === SWARM_SERVICES.issuer) return "event's tasks";
  return undefined;
}
