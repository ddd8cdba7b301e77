import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import type { ServiceName } from "../bundle.ts";
import { waitUntil } from "../../operate/wait-until.ts";
import { freePort } from "./containers.ts";
import { flagsOfImage } from "./image-flags.ts";

/** A service as a process of its own, killable like its container. */
export interface ServiceProcess extends AsyncDisposable {
  readonly url: string;
  /** All that it has written. */
  output: () => string;
  /** Waits until `/readyz` is as asked. */
  ready: (ready?: boolean) => Promise<void>;
  /** Stops it in its tracks. */
  freeze: () => void;
  /** Sends the signal and waits for the end; returns the exit code, null when a signal ended it. */
  end: (signal: "SIGTERM" | "SIGKILL") => Promise<number | null>;
  /** The most memory that it has had resident since its start. */
  peakMemoryBytes: () => Promise<number>;
  /** The text of `/metrics`. */
  metrics: () => Promise<string>;
  /**
   * The number that `/metrics` shows for this series, as in `name{label="x"}`; 0 where there is
   * none.
   */
  metric: (series: string) => Promise<number>;
}

/** What starts a service, or one of its commands, from its sources. */
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
