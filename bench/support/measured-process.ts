import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** A process under measurement. */
export interface MeasuredProcess extends AsyncDisposable {
  readonly url: string;
  /** Returns the CPU time that it has used, user and system, in seconds. */
  cpuSeconds: () => number;
  /** Returns its resident memory and its peak, in MB. */
  memory: () => { now: number; peak: number };
}

/** Starts `node` with these arguments and waits until it answers. */
export async function measure(
  args: readonly string[],
  port: number,
  environment: Record<string, string>,
): Promise<MeasuredProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...environment, PORT: port.toString(), LOG_LEVEL: "warn", NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`node ${args.join(" ")} didn't start`);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  try {
    await waitUntil(`${url} to be ready`, async () => (await fetch(`${url}${PATHS.readiness}`)).ok, { everyMs: 50 });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    cpuSeconds: () => {
      // proc(5): the fields after the name in parentheses. utime and stime are the 14th and 15th
      // field in total.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    memory: () => {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const mb = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1_024) / 1e6;
      return { now: mb("VmRSS"), peak: mb("VmHWM") };
    },
    [Symbol.asyncDispose]: stop,
  };
}
