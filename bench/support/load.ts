import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** Result of a load. */
export interface LoadReport {
  /** Answered requests, with any answer. */
  requests: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Answers with an error status. */
  refused: number;
  /** Connections that failed. */
  broken: number;
  /** Requests without an answer for 10 s. */
  timeouts: number;
}

let users = 0;

/**
 * Sends requests by wrk as fast as answers come, each of another user. wrk costs a tenth of the
 * service's CPU time, so it isn't the bottleneck.
 */
export async function load(url: string, connections: number, seconds: number): Promise<LoadReport> {
  const script = fileURLToPath(new URL("load.lua", import.meta.url));
  users += 1_000_000_000;
  const { stdout } = await execa("wrk", [
    ...["--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`, "--timeout", "10s"],
    ...["--script", script, url, "--", `${users}`],
  ]);
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return JSON.parse(last) as LoadReport;
}
