import { X509Certificate } from "node:crypto";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import { localStep, type Unreachable } from "../reach.ts";
import type { HostObservation, Observation } from "../observation.ts";
import type { Steps } from "../steps.ts";

/** Used share of a disk that is a fault. Image pulls and Kafka's segments need free space. */
const FULL_PERCENT = 85;
/**
 * Allowed offset of a host's clock. AWS accepts signed requests within 5 minutes, and certificates
 * are valid to the second. chrony keeps a host within milliseconds.
 */
const CLOCK_TOLERANCE_S = 5;
/**
 * Remaining share of a certificate's lifetime below which its renewal has failed. Swarm renews a
 * node's certificate in the second half of its lifetime of 90 days.
 */
const MIN_LIFETIME_LEFT = 0.15;
/** Part of a root disk that may be in no partition. Partitions are aligned, so some is always. */
const UNUSED_GIB = 1;

/**
 * Finds hosts that don't answer, lack disk space, don't use their whole disk, have a wrong clock,
 * lack an image, have left the Swarm, or have a certificate in the Swarm that was not renewed.
 */
export function checkHosts(
  { hosts, unreachable }: Pick<Observation, "hosts" | "unreachable">,
  steps: Steps,
): Finding[] {
  return Object.entries(hosts).flatMap(([name, host]) =>
    host === undefined ? checkUnreachable(name, unreachable[name], steps) : checkHost(name, host, steps),
  );
}

/**
 * Returns the finding for an unreachable host. If its SSH server greets the manager, the host is up
 * and the cause is on this machine.
 */
function checkUnreachable(name: string, failure: Unreachable | undefined, { recover }: Steps): Finding[] {
  const message = failure?.message ?? "no attempt was made";
  if (failure?.greets === true) {
    return [
      {
        unknown: true,
        what: `${name} is up, but this machine can't reach it: ${message}`,
        next: localStep(message),
      },
    ];
  }
  return [
    {
      kind: name === HOSTS.kafka ? "broker's host" : undefined,
      what: `${name} answers neither this machine nor the manager over SSH: ${message}`,
      next: recover(name),
    },
  ];
}

function checkHost(name: string, host: HostObservation, { up }: Steps): Finding[] {
  const findings: Finding[] = [];
  for (const { path, percent } of host.disks) {
    if (percent >= FULL_PERCENT) {
      findings.push({
        what: `${name}: the disk at ${path} is ${percent} % full`,
        next: ADVICE.makeRoom(),
      });
    }
  }
  const unusedGib = Math.floor(host.unusedBytes / 1024 ** 3);
  if (unusedGib >= UNUSED_GIB) {
    findings.push({
      what: `${name}: ${unusedGib} GiB of its root disk are in no partition`,
      next: ADVICE.growDisk(name),
    });
  }
  const offset = clockOffset(host);
  if (Math.abs(offset) > CLOCK_TOLERANCE_S) {
    findings.push({
      what: `${name}: its clock is ${Math.abs(offset).toFixed(0)} s ${offset > 0 ? "ahead of" : "behind"} this machine's`,
      next: ADVICE.setClock(),
    });
  }
  for (const image of host.missingImages ?? []) {
    findings.push({
      what: `${name} lacks the image ${image}, which tasks there may need`,
      next: ADVICE.upPullsAgain(up),
    });
  }
  if (host.swarm === "") {
    findings.push({
      what: `${name}: its Docker engine doesn't answer`,
      next: ADVICE.startEngine(name),
    });
    return findings;
  }
  if (host.swarm !== "active") {
    const cause = host.swarmError === "" ? "" : ` (${host.swarmError})`;
    findings.push({
      what: `${name}: its node is ${host.swarm === "error" ? "in state error" : host.swarm} in the Swarm${cause}`,
      next: ADVICE.upJoinsAgain(up),
    });
    // The host gets a new certificate when it joins.
    return findings;
  }
  return [...findings, ...checkCertificate(name, host, up)];
}

/**
 * Returns the minimum offset of the host's clock in seconds. The host read its clock at some time
 * between the question and the answer.
 */
function clockOffset({ clock, asked, answered }: HostObservation): number {
  if (clock > answered) return clock - answered;
  return clock < asked ? clock - asked : 0;
}

function checkCertificate(name: string, { certificate, answered }: HostObservation, up: string): Finding[] {
  if (certificate === "") return [];
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const left = validToDate.getTime() - answered * 1_000;
  if (left > MIN_LIFETIME_LEFT * (validToDate.getTime() - validFromDate.getTime())) return [];
  const day = validToDate.toISOString().slice(0, 10);
  return [
    {
      what: `${name}: its certificate in the Swarm ${left < 0 ? "ended" : "ends"} on ${day} and was not renewed`,
      next: left < 0 ? ADVICE.restartForCertificate(up) : ADVICE.rotateCertificates(up),
    },
  ];
}
