import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { execa } from "execa";

/**
 * Labels of all containers and images of these tests. By them, `./run clean` removes the leftovers
 * of this checkout's killed runs.
 */
export const TEST_LABELS = [
  "gifticon-event.test=services",
  `gifticon-event.checkout=${resolve(import.meta.dirname, "../..")}`,
].flatMap((label) => ["--label", label]);
/** Distinguishes containers of a running test from those of a killed one. */
const PROCESS_LABEL = ["--label", `gifticon-event.process=${process.pid}`];

/**
 * The images with PostgreSQL, and with Kafka and ZooKeeper. `./run up` builds those that can't be
 * pulled.
 */
export const IMAGES = { postgres: "local-cloud/services:1", kafka: "apache/kafka:3.9.1" } as const;

/** A container that is removed with its volumes when disposed of. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** Runs a command in the container. Returns its standard output. */
  exec: (...command: string[]) => Promise<string>;
  /** Runs `docker stop`, `start`, `pause` or `unpause`. */
  act: (action: "stop" | "start" | "pause" | "unpause") => Promise<void>;
}

const running = new Set<string>();
// Removes the containers that tests have not removed.
process.on("exit", () => {
  if (running.size > 0) spawnSync("docker", ["rm", "--force", "--volumes", ...running]);
});
// Node emits no "exit" when a signal ends it, such as the test runner's at Ctrl-C.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Starts a container in the background. */
export async function runContainer(
  options: readonly string[],
  image: string,
  command: readonly string[],
): Promise<Container> {
  const labels = [...TEST_LABELS, ...PROCESS_LABEL];
  const { stdout: id } = await execa("docker", ["run", "--detach", ...labels, ...options, image, ...command]);
  running.add(id);
  return {
    id,
    exec: async (...inner) => (await execa("docker", ["exec", id, ...inner])).stdout,
    act: async (action) => {
      await execa("docker", [action, id]);
    },
    [Symbol.asyncDispose]: async () => {
      await execa("docker", ["rm", "--force", "--volumes", id]);
      running.delete(id);
    },
  };
}

/** Returns a free port of the loopback interface. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
