import { readFileSync } from "node:fs";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { TOPIC } from "@gifticon/contract/facts/queue.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { topicValues } from "../../infra/drift/host-observation.ts";
import { renderScript } from "../../infra/scripts/render-script.ts";

/** Returns the manager's script that prints the state of the Swarm. */
export function managerScript(): string {
  return renderScript("doctor/hosts/print-swarm-state.sh", {});
}

/**
 * Returns the script that prints the state of a host and of the event's tasks on it.
 *
 * @param topics the arguments of the job that declares the topics.
 * @param held the partitions of the event's topic whose open transactions it prints.
 */
export function hostScript(topics: readonly string[], held: readonly string[] = []): string {
  return renderScript("doctor/hosts/print-host-state.sh", {
    ...topicValues(topics),
    TOPIC,
    HELD_PARTITIONS: held,
    SERVICES: [SWARM_SERVICES.api, SWARM_SERVICES.issuer],
    PROBE: probe(),
  });
}

/** Returns the JavaScript that the doctor runs in each of the event's tasks. */
function probe(): string {
  const { lag, held, replaced, waitedInReplaced, deadLetters } = METRICS;
  const paths = [PATHS.readiness, PATHS.stats, PATHS.metrics];
  const facts = JSON.stringify({ paths, lag, held, replaced, waitedInReplaced, deadLetters });
  return `const facts = ${facts};\n${readFileSync(new URL("probe.js", import.meta.url), "utf8")}`;
}

/** Returns the manager's script that finds the SSH servers among these addresses. */
export function findSshScript(addresses: readonly string[], port: number = PORTS.ssh): string {
  return renderScript("doctor/hosts/find-ssh.sh", { ADDRESSES: addresses, SSH_PORT: port });
}
