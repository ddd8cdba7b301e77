import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { execa } from "execa";

/**
 * On every container and image of these tests: by them, `./run clean` removes what a killed run of
 * this checkout has left.
 */
export const TEST_LABELS = [
  "gifticon-event.test=services",
  `gifticon-event.checkout=${resolve(import.meta.dirname, "../..")}`,
].flatMap((label) => ["--label", label]);
/** Tells containers of a test that still runs from those of one that was killed. */
const PROCESS_LABEL = ["--label", `gifticon-event.process=${process.pid}`];

/**
 * The image with PostgreSQL and the one with Kafka and ZooKeeper; `./run up` makes both where they
 * can't be pulled.
 */
export const IMAGES = { postgres: "local-cloud/services:1", kafka: "apache/kafka:3.9.1" } as const;

/** A container that is removed with its volumes when disposed of. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** Runs a command inside; returns what it printed. */
  exec: (...command: string[]) => Promise<string>;
  /** `docker stop`, `start`, `pause`, `unpause`. */
  act: (action: "stop" | "start" | "pause" | "unpause") => Promise<void>;
}

const running = new Set<string>();
// Whatever a test or its set-up forgot, or had no chance to remove.
process.on("exit", () => {
  if (running.size > 0) spawnSync("docker", ["rm", "--force", "--volumes", ...running]);
});
// Node's own end by a signal, as the runner sends it at Ctrl-C, has no "exit".
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

/** A port of the loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
