import { setTimeout as delay } from "node:timers/promises";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { waitUntil } from "../operate/wait-until.ts";
import type { Blow, Case } from "./case.ts";
import type { Environment } from "./environment.ts";
import { Load } from "./load.ts";
import type { CaseResult } from "./report.ts";
import { Undoing } from "./undoing.ts";
import { judge } from "./verdict.ts";

/** The run was ended by whoever started it. */
export class Ended extends Error {
  override readonly name = "Ended";
}

/** How a case is run. */
export interface CaseOptions {
  environment: Environment;
  /** Users at once. */
  users: number;
  fast: boolean;
  /** A refreshed `pulumi up`, with more options. */
  up: (options: readonly string[]) => Promise<void>;
  /** Its reason is an {@link Ended}. */
  signal: AbortSignal;
  /** Tells what goes on. */
  say: (line: string) => void;
}

/** Within this time of a fault's end all must be well again: hosts, tasks, targets of the load balancer, and requests accepted. In milliseconds. */
const WELL_WITHIN_MS = 180_000;
/** Within this time of the load's end the queue must be empty, in milliseconds. */
const DRAINED_WITHIN_MS = 60_000;

/**
 * Runs one case: sees that the environment is well, clears the ground, starts the load and waits until it is served, strikes, undoes the fault, waits until all is
 * well again, ends the load, and reconciles.
 *
 * @returns how it went: whatever goes wrong is among its violations, and the fault is undone all the same.
 * @throws Ended when it was ended, after the fault has been undone.
 */
export async function runCase(one: Case, options: CaseOptions): Promise<CaseResult> {
  const { name, family, what } = one;
  const proofs: string[] = [];
  try {
    return { name, family, what, proofs, ...(await act(one, options, proofs)) };
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    return { name, family, what, proofs, violations: [describe(error)] };
  }
}

async function act(
  one: Case,
  { environment, users, fast, signal, say, up }: CaseOptions,
  proofs: string[],
): Promise<Pick<CaseResult, "verdict" | "drainedMs" | "violations">> {
  const ended = Symbol("ended");
  const until = async <T>(
    what: string,
    probe: () => Promise<T | undefined | false> | T | undefined | false,
    ms?: number,
  ) => {
    const found = await waitUntil(
      what,
      () => (signal.aborted ? ended : probe()),
      ms === undefined ? {} : { timeoutMs: ms },
    );
    if (found === ended) throw signal.reason;
    return found as T;
  };
  const well = async () => {
    let complaints: string[] = [];
    try {
      await until(
        "the environment to be well",
        async () => {
          complaints = await environment.complaints();
          return complaints.length === 0;
        },
        WELL_WITHIN_MS,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw new Error(`not well within ${WELL_WITHIN_MS / 1_000} s: ${complaints.join("; ")}`, { cause: error });
    }
  };
  const drained = () => until("an empty queue", async () => (await environment.queued()) === 0, DRAINED_WITHIN_MS);

  await well();
  await drained();
  await environment.clear();
  const load = new Load({ apiUrl: environment.apiUrl, users, firstUser: LOAD_TEST_USERS.first });
  const undoing = new Undoing();
  const blow: Blow = {
    environment,
    load,
    fast,
    until,
    last: async (seconds) => {
      await delay(seconds * 1_000, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    },
    undo: (how) => undoing.add(how),
    up: async (more = []) => {
      await up(more);
      await environment.renew();
    },
    proof: (seen) => {
      proofs.push(seen);
      say(`  seen: ${seen}`);
    },
  };
  try {
    const served = async (more: number) => {
      const goal = load.accepted + more;
      await until(`${more} more accepted requests`, () => load.accepted >= goal, WELL_WITHIN_MS);
    };
    await served(2 * users);
    const runningAt = Date.now();
    await served(2 * users);
    const struckAt = Date.now();
    try {
      await one.strike(blow);
    } finally {
      await undoing.all();
    }
    const healedAt = Date.now();
    await well();
    await served(2 * users);
    const wellAt = Date.now();
    await load.end();
    const endedAt = Date.now();
    await drained();
    const drainedMs = Date.now() - endedAt;
    const [rows, stock] = [await environment.rows(), await environment.stock()];
    const verdict = judge(one, {
      ...{ answers: load.answers, proofs, rows, stock },
      ...{ runningAt, struckAt, healedAt, wellAt, endedAt, drainedMs },
    });
    return { verdict, drainedMs, violations: verdict.violations };
  } finally {
    await load.end();
  }
}

/** Of a command's long output, the end says what went wrong. */
const MOST_WORDS = 1_000;

/** An error with what caused it, in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${describe(error.cause)})`;
  return `${error.message.trim().replaceAll("\n", " | ").slice(-MOST_WORDS)}${cause}`;
}
