import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { text } from "node:stream/consumers";

/** A command in another network namespace failed. */
class NamespaceError extends Error {
  readonly code = "NamespaceCommandFailed";
  override name = "NamespaceError";
}

/**
 * Returns true while a process has a network namespace. Docker shows a container as running for a
 * while after its first process has ended.
 */
export function hasNamespace(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/ns/net`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command in the network namespace of a process, and returns its standard output. Throws a
 * NamespaceError with the command's standard error.
 */
export async function runInNamespaceOf(pid: number, command: readonly string[], input = ""): Promise<string> {
  return run(["nsenter", `--net=/proc/${pid}/ns/net`, ...command], input);
}

/** Runs a command with the given standard input, and returns its standard output. */
export async function run(command: readonly string[], input = ""): Promise<string> {
  const [file = "", ...parameters] = command;
  const child = spawn(file, parameters, { stdio: ["pipe", "pipe", "pipe"] });
  // A command that ends without reading its input closes the pipe. Its exit code decides whether
  // that is an error.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (status !== 0)
    throw new NamespaceError(`${command.join(" ")} ended with ${status ?? "a signal"}: ${stderr.trim()}`);
  return stdout;
}
