import { execa } from "execa";
import type { Transcript } from "./transcript.ts";

export interface ProcessOptions {
  /** Added to this process's own environment. */
  environment?: Record<string, string>;
  directory?: string;
  stdin?: string;
  transcript: Transcript;
  signal: AbortSignal;
}

/**
 * Runs a program and records its output. The program has its own process group, so an interrupt
 * ends its child processes too.
 *
 * @returns A description of how it failed, or undefined after success.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  { environment = {}, directory, stdin, transcript, signal }: ProcessOptions,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const child = execa(file, args, {
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(stdin === undefined ? { stdin: "ignore" as const } : { input: stdin }),
    env: environment,
    detached: true,
    buffer: false,
    reject: false,
  });
  child.stdout.on("data", (chunk: Buffer) => {
    transcript.write("stdout", chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    transcript.write("stderr", chunk);
  });
  const interrupt = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  };
  signal.addEventListener("abort", interrupt, { once: true });
  const { failed, exitCode, signal: endedBy, originalMessage } = await child;
  signal.removeEventListener("abort", interrupt);
  signal.throwIfAborted();
  if (!failed) return undefined;
  if (exitCode !== undefined) return `exited with status ${exitCode}`;
  return endedBy === undefined
    ? `could not be started: ${originalMessage ?? "no reason given"}`
    : `was ended by ${endedBy}`;
}
