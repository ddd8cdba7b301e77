import { X509Certificate } from "node:crypto";
import type { Finding } from "../finding.ts";
import { stepOnThisMachine, type Unasked } from "../reach.ts";
import type { HostSight, Sight } from "../sight.ts";
import type { Steps } from "../steps.ts";

/** Docker's pulls and Kafka's segments need room; a broker without any stops. */
const FULL_PERCENT = 85;
/**
 * Requests signed for AWS hold within 5 minutes, certificates to the second; chrony keeps a host
 * within milliseconds.
 */
const CLOCK_TOLERANCE_S = 5;
/**
 * Swarm renews a node's certificate in the second half of its life (90 days): below this share the
 * renewal doesn't work.
 */
const LIFE_LEFT = 0.15;

/**
 * Finds what is wrong with hosts: those that don't answer, are short of room, don't know the time,
 * or have left the Swarm, and those whose certificate in the Swarm is not renewed.
 */
export function checkHosts({ hosts, unasked }: Pick<Sight, "hosts" | "unasked">, steps: Steps): Finding[] {
  return Object.entries(hosts).flatMap(([name, host]) =>
    host === undefined ? checkUnasked(name, unasked[name], steps) : checkHost(name, host, steps),
  );
}

/** A host that greets is there: what keeps this machine from it is no fault of the host. */
function checkUnasked(name: string, why: Unasked | undefined, { bringBack }: Steps): Finding[] {
  const words = why?.words ?? "it was not asked";
  if (why?.greets === true) {
    return [
      {
        unseen: true,
        what: `${name} is up, but this machine can't ask it: ${words}`,
        next: stepOnThisMachine(words),
      },
    ];
  }
  return [
    {
      what: `${name} answers neither this machine nor the manager over SSH: ${words}`,
      next: bringBack(name),
    },
  ];
}

function checkHost(name: string, host: HostSight, { up }: Steps): Finding[] {
  const findings: Finding[] = [];
  for (const { path, percent } of host.disks) {
    if (percent >= FULL_PERCENT) {
      findings.push({
        what: `${name}: the disk at ${path} is ${percent} % full`,
        next: "raise diskGib of its role, or look on the host: sudo docker system df",
      });
    }
  }
  const offset = offsetOf(host);
  if (Math.abs(offset) > CLOCK_TOLERANCE_S) {
    findings.push({
      what: `${name}: its clock is ${Math.abs(offset).toFixed(0)} s ${offset > 0 ? "ahead of" : "behind"} this machine's`,
      next: "on the host: timedatectl tells whether it is synchronised; is this machine's clock right?",
    });
  }
  for (const image of host.missingImages ?? []) {
    findings.push({
      what: `${name}: the image ${image} is gone, which a task there needs`,
      next: `${up} pulls it again`,
    });
  }
  if (host.swarm === "") {
    findings.push({
      what: `${name}: its Docker engine doesn't answer`,
      next: `on ${name}: sudo systemctl restart docker`,
    });
    return findings;
  }
  if (host.swarm !== "active") {
    const why = host.swarmError === "" ? "" : ` (${host.swarmError})`;
    findings.push({
      what: `${name}: its engine is ${host.swarm} in the Swarm${why}`,
      next: `${up} joins it again`,
    });
    // Joining gives it another certificate.
    return findings;
  }
  return [...findings, ...checkCertificate(name, host, up)];
}

/**
 * Seconds by which the host's clock must be off at least: it was read at some time between the
 * question and the answer.
 */
function offsetOf({ clock, asked, answered }: HostSight): number {
  if (clock > answered) return clock - answered;
  return clock < asked ? clock - asked : 0;
}

function checkCertificate(name: string, { certificate, answered }: HostSight, up: string): Finding[] {
  if (certificate === "") return [];
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const left = validToDate.getTime() - answered * 1_000;
  if (left > LIFE_LEFT * (validToDate.getTime() - validFromDate.getTime())) return [];
  const day = validToDate.toISOString().slice(0, 10);
  return [
    {
      what: `${name}: its certificate in the Swarm ${left < 0 ? "ended" : "ends"} on ${day} and was not renewed`,
      next:
        left < 0
          ? `on the host: sudo systemctl restart docker; then ${up} joins it again, with a new one`
          : `set swarm.rotation to another number; ${up} then gives each node a new one`,
    },
  ];
}
