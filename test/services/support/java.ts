import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { IMAGES } from "../../../services/testing/containers.ts";

/** Kafka's own Java client. */
export interface JavaClient extends AsyncDisposable {
  /** Runs a program of `test/services/java/`, and returns its output. */
  run: (program: "Produce" | "Consume", ...args: string[]) => Promise<string>;
  /** Runs a program with standard input, and returns its output. */
  feed: (program: "ProducePlan", input: string, ...args: string[]) => Promise<string>;
}

/**
 * Copies the client's jars from the broker's image, so that both have the same version. The
 * machine's JDK runs the sources.
 */
export async function javaClient(): Promise<JavaClient> {
  const folder = await mkdtemp(join(tmpdir(), "java-client-"));
  const { stdout: container } = await execa("docker", ["create", IMAGES.kafka]);
  try {
    await execa("docker", ["cp", `${container}:/opt/kafka/libs`, folder]);
  } finally {
    await execa("docker", ["rm", "--volumes", container]);
  }
  const feed = async (program: string, input: string, ...args: string[]) => {
    const source = fileURLToPath(new URL(`../java/${program}.java`, import.meta.url));
    const java = ["-XX:TieredStopAtLevel=1", "-cp", join(folder, "libs", "*"), source];
    const { stdout } = await execa("java", [...java, ...args], { timeout: 300_000, input });
    return stdout;
  };
  return {
    feed,
    run: (program, ...args) => feed(program, "", ...args),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
