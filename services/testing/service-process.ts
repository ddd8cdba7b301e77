import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { ServiceName } from "../bundle.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { freePort } from "./containers.ts";
import { flagsOfImage } from "./image-flags.ts";

/** A service in a separate process, which a test can kill. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  /** Returns its standard output and error. */
  output: () => string;
  /** Waits until `/readyz` reports this readiness. */
  ready: (ready?: boolean) => Promise<void>;
  /** Stops the process with SIGSTOP. */
  freeze: () => void;
  /** Sends the signal and waits for the exit. Returns the exit code, or null after a signal. */
  end: (signal: "SIGTERM" | "SIGKILL") => Promise<number | null>;
  /** Returns the peak resident memory since the start. */
  peakMemoryBytes: () => Promise<number>;
  /** Returns the text of `/metrics`. */
  metrics: () => Promise<string>;
  /**
   * Returns the value of a series of `/metrics`, such as `name{label="x"}`; 0 without the series.
   */
  metric: (series: string) => Promise<number>;
}

/** Returns the path of a service's main module, for the service and its commands. */
export function serviceMain(name: ServiceName): string {
  return fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url));
}

/** Starts a service from its sources, with the flags of its image. */
export async function startService(name: ServiceName, environment: Record<string, string>): Promise<ServiceProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [...flagsOfImage(name), serviceMain(name)], {
    env: { ...environment, PORT: port.toString() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const url = `http://127.0.0.1:${port}`;
  const metrics = async () => (await fetch(`${url}${PATHS.metrics}`)).text();
  return {
    url,
    output: () => output,
    ready: async (ready = true) => {
      await waitUntil(`${name} ${ready ? "" : "not "}to be ready`, async () => {
        if (hasEnded(child)) throw new Error(`${name} has ended:\n${output}`);
        const response = await fetch(`${url}${PATHS.readiness}`).catch(() => undefined);
        return response !== undefined && response.ok === ready ? true : undefined;
      });
    },
    freeze: () => {
      child.kill("SIGSTOP");
    },
    end: (signal) => end(child, signal),
    peakMemoryBytes: async () => {
      const status = await readFile(`/proc/${child.pid ?? ""}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
    },
    metrics,
    metric: async (series) => {
      return Number(
        (await metrics())
          .split("\n")
          .find((line) => line.startsWith(`${series} `))
          ?.split(" ")[1] ?? 0,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await end(child, "SIGKILL");
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!hasEnded(child)) {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}
