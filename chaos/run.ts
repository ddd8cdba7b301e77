import { setTimeout as delay } from "node:timers/promises";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import type { Case, FaultContext } from "./case.ts";
import { Cleanup } from "./cleanup.ts";
import type { Environment } from "./environment/environment.ts";
import { Load } from "./load.ts";
import type { CaseResult } from "./report.ts";
import { judgeCase } from "./verdict.ts";

/** The run was cancelled by its user. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
  readonly code = "CANCELLED";
}

/** Options of a run. */
export interface CaseOptions {
  environment: Environment;
  /** Number of concurrent users. */
  users: number;
  fast: boolean;
  /** Runs `pulumi up --refresh` with more options. */
  up: (options: readonly string[]) => Promise<void>;
  /** Cancels the run. Its reason is a {@link Cancelled}. */
  signal: AbortSignal;
  /** Reports progress, a line at a time. */
  report: (line: string) => void;
}

/** Time limit, in ms, for everything to be healthy and requests to be accepted after a fault. */
const HEALTHY_WITHIN_MS = 180_000;
/** Time limit, in ms, for the queue to be empty after the load. */
const DRAINED_WITHIN_MS = 60_000;
/** A command's long output ends with the cause, so errors keep their last characters. */
const MAX_ERROR_LENGTH = 1_000;

type Probe<T> = () => Promise<T | undefined | false> | T | undefined | false;

/**
 * Runs one case: prepares the environment, starts the load, injects the fault, removes it, waits
 * until everything is healthy, ends the load, and reconciles.
 *
 * @returns the result. Any failure is one of its violations; the fault is removed all the same.
 * @throws Cancelled when the run was cancelled, after the fault has been removed.
 */
export async function runCase(one: Case, options: CaseOptions): Promise<CaseResult> {
  const { name, family, description } = one;
  const run = new CaseRun(one, options);
  const { observations } = run;
  try {
    return { name, family, description, observations, ...(await run.run()) };
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    return { name, family, description, observations, violations: [describe(error)] };
  }
}

/** One run of a case. */
class CaseRun {
  readonly observations: string[] = [];
  readonly #case: Case;
  readonly #options: CaseOptions;
  readonly #cleanup = new Cleanup();

  constructor(one: Case, options: CaseOptions) {
    this.#case = one;
    this.#options = options;
  }

  async run(): Promise<Pick<CaseResult, "verdict" | "drainedMs" | "violations">> {
    const { environment, users } = this.#options;
    await this.#healthy();
    await this.#drained();
    await environment.database.clear();
    const load = new Load({ apiUrl: environment.apiUrl, users, firstUser: LOAD_TEST_USERS.first });
    try {
      await this.#served(load, 2 * users);
      const runningAt = Date.now();
      await this.#served(load, 2 * users);
      const injectedAt = Date.now();
      await this.#injectAndRemove(load);
      const removedAt = Date.now();
      await this.#healthy();
      await this.#served(load, 2 * users);
      const healthyAt = Date.now();
      await load.end();
      const endedAt = Date.now();
      await this.#drained();
      const drainedMs = Date.now() - endedAt;
      const [rows, stock] = [await environment.database.rows(), await environment.database.stock()];
      const verdict = judgeCase(this.#case, {
        ...{ answers: load.answers, observations: this.observations, rows, stock },
        ...{ runningAt, injectedAt, removedAt, healthyAt, endedAt, drainedMs },
      });
      return { verdict, drainedMs, violations: verdict.violations };
    } finally {
      await load.end();
    }
  }

  async #injectAndRemove(load: Load): Promise<void> {
    try {
      await this.#case.inject(this.#context(load));
    } finally {
      await this.#cleanup.all();
    }
  }

  #context(load: Load): FaultContext {
    const { environment, fast, signal, report, up } = this.#options;
    return {
      ...{ environment, load, fast },
      until: (description, probe) => this.#until(description, probe),
      hold: async (seconds) => {
        await delay(seconds * 1_000, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      },
      undo: (how) => this.#cleanup.add(how),
      up: async (more = []) => {
        await up(more);
        await environment.reload();
      },
      observed: (observation) => {
        this.observations.push(observation);
        report(`  seen: ${observation}`);
      },
    };
  }

  /** Waits for a value, and ends at once when the run is cancelled. */
  async #until<T>(description: string, probe: Probe<T>, timeoutMs?: number): Promise<T> {
    const { signal } = this.#options;
    const cancelled = Symbol("cancelled");
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const found = await waitUntil(description, () => (signal.aborted ? cancelled : probe()), limit);
    if (found === cancelled) throw signal.reason;
    return found;
  }

  /** Waits until the environment has no problems. The error lists the last ones. */
  async #healthy(): Promise<void> {
    let problems: string[] = [];
    try {
      await this.#until(
        "a healthy environment",
        async () => {
          problems = await this.#options.environment.problems();
          return problems.length === 0;
        },
        HEALTHY_WITHIN_MS,
      );
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw new Error(`not healthy within ${HEALTHY_WITHIN_MS / 1_000} s: ${problems.join("; ")}`, { cause: error });
    }
  }

  async #drained(): Promise<void> {
    const { environment } = this.#options;
    await this.#until("an empty queue", async () => (await environment.queued()) === 0, DRAINED_WITHIN_MS);
  }

  /** Waits until that many more requests are accepted. */
  async #served(load: Load, more: number): Promise<void> {
    const goal = load.accepted + more;
    await this.#until(`${more} more accepted requests`, () => load.accepted >= goal, HEALTHY_WITHIN_MS);
  }
}

/** Formats an error with its causes in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${describe(error.cause)})`;
  return `${error.message.trim().replaceAll("\n", " | ").slice(-MAX_ERROR_LENGTH)}${cause}`;
}
