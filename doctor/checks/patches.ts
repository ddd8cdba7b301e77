import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import type { HostObservation, Observation } from "../observation.ts";

/** Age of a host's packages that is noted. Debian publishes security updates each week. */
const PATCHED_DAYS = 30;
const DAY_S = 86_400;

/** Returns the age in whole days of the oldest packages among the hosts that answered. */
export function patchAge({ hosts }: Pick<Observation, "hosts">): number {
  return Math.max(0, ...Object.values(hosts).map((host) => (host === undefined ? 0 : daysSincePatch(host))));
}

/** Notes the hosts whose packages are old. No host upgrades them by itself. */
export function checkPatches(observation: Pick<Observation, "hosts">, up: string): Finding[] {
  const old = Object.entries(observation.hosts)
    .filter(([, host]) => host !== undefined && daysSincePatch(host) > PATCHED_DAYS)
    .map(([name]) => name);
  if (old.length === 0) return [];
  return [
    {
      note: true,
      what: `the packages of ${old.join(", ")} are up to ${patchAge(observation)} days old`,
      next: ADVICE.patchHosts(up),
    },
  ];
}

function daysSincePatch({ patched, answered }: HostObservation): number {
  return Math.floor((answered - patched) / DAY_S);
}
