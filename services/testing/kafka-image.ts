import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { ComposeService } from "../../stacks/compose.ts";
import { kafkaStack } from "../../stacks/kafka/kafka-stack.ts";
import { TEST_LABELS } from "./containers.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
/** Builds like `build_image`, so that file modes don't depend on the user's umask. */
const BUILD = 'set -euo pipefail; source tools/lib.sh; context_of "$1" | docker build --quiet --force-rm "${@:2}" -';

/**
 * Builds the stack's image of Kafka and ZooKeeper, with Docker's cache. Returns its id.
 */
export async function buildKafkaImage(): Promise<string> {
  const folder = "stacks/kafka/image";
  const { stdout } = await execa("bash", ["-c", BUILD, "bash", folder, ...TEST_LABELS], { cwd: CHECKOUT });
  return stdout.trim();
}

/**
 * Returns the arguments of `docker run` for a container with the user, rights and mounts of the
 * stack's service.
 */
export function runFlags(server: "kafka" | "zookeeper"): string[] {
  const memory = { heap: 256, limit: 512 };
  const { services } = kafkaStack({
    ...{ image: "", network: "", partitions: 1, nodeId: "", repair: "", configs: { kafka: "", zookeeper: "" } },
    memory: { kafka: memory, zookeeper: memory },
  });
  const service = services[server];
  if (service === undefined) throw new Error(`the stack has no service ${server}`);
  return flagsOf(service);
}

function flagsOf({ user, init, read_only, cap_drop, environment = {}, volumes }: ComposeService): string[] {
  const mounts = volumes.map((mount) => {
    if (mount.type === "tmpfs") return `type=tmpfs,destination=${mount.target},tmpfs-size=${mount.tmpfs.size}`;
    if (mount.type === "volume") return `type=volume,destination=${mount.target}`;
    throw new Error(`tests don't support the mount ${mount.source}`);
  });
  return [
    ...["--user", user, `--init=${init}`, `--read-only=${read_only ?? false}`],
    ...(cap_drop ?? []).flatMap((capability) => ["--cap-drop", capability]),
    ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...mounts.flatMap((mount) => ["--mount", mount]),
  ];
}
