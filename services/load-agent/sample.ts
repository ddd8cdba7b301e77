import { resolve4 } from "node:dns/promises";
import { setTimeout as delay } from "node:timers/promises";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Sample } from "./protocol.ts";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import type { Event } from "./event.ts";
import { readSeries } from "./series.ts";

const EVERY_MS = 1_000;
const TIMEOUT_MS = 2_000;
const SAMPLED = [
  { service: SERVICES.api, port: PORTS.api, outcomes: METRICS.requests },
  { service: SERVICES.issuer, port: PORTS.issuer, outcomes: METRICS.records },
] as const;

/** Prints a {@link Sample} as a line of JSON each second, until its standard input ends. */
export async function sample(event: Event): Promise<void> {
  const ended = new AbortController();
  process.stdin.resume().on("end", () => {
    ended.abort();
  });
  while (!ended.signal.aborted) {
    const at = Date.now();
    const [lag, connections, tasks] = await Promise.all([
      attempt(() => event.queue?.lag()),
      attempt(() => readConnections(event)),
      readTasks(),
    ]);
    const one: Sample = { at, tasks, ...(lag === undefined ? {} : { lag }), ...(connections ? { connections } : {}) };
    process.stdout.write(`${JSON.stringify(one)}\n`);
    await delay(Math.max(0, at + EVERY_MS - Date.now()), undefined, { signal: ended.signal }).catch(() => undefined);
  }
}

/** Returns undefined when the work fails, so that the sample omits its result. */
async function attempt<T>(work: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    const pending = work();
    return pending && (await withTimeout(pending, TIMEOUT_MS, "asking"));
  } catch {
    return undefined;
  }
}

async function readConnections({ pool }: Event): Promise<{ all: number; active: number }> {
  const { rows } = await pool.query<{ all: string; active: string }>("select * from count_connections()");
  return { all: Number(rows[0]?.all), active: Number(rows[0]?.active) };
}

async function readTasks(): Promise<Sample["tasks"]> {
  const found = await Promise.all(
    SAMPLED.map(async ({ service, port, outcomes }) => {
      // The name resolves to the address of each task. In mode direct the issuer has none.
      const addresses = await resolve4(service).catch(() => []);
      return Promise.all(
        addresses.map((address) =>
          attempt(async () => {
            const text = await (await fetch(`http://${address}:${port}${PATHS.metrics}`)).text();
            return {
              service,
              address,
              cpuSeconds: readSeries(text, "process_cpu_seconds_total")[""] ?? 0,
              memoryBytes: readSeries(text, "process_resident_memory_bytes")[""] ?? 0,
              outcomes: readSeries(text, outcomes, "outcome"),
            };
          }),
        ),
      );
    }),
  );
  return found.flat().filter((task) => task !== undefined);
}
