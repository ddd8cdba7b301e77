import { setTimeout as delay } from "node:timers/promises";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import type { CheckResult } from "@gifticon/runtime/operations.ts";
import type { Logger } from "pino";
import type { ConsumerSession, SessionEvents, SessionHandler } from "./consumer-session.ts";
import type { Progress } from "./progress.ts";

const RETRY_MS = 1_000;
/** Longer than the transaction in progress with its statement timeout, and leaving the group. */
const CLOSE_TIMEOUT_MS = 15_000;

/** Makes the handler for a session. */
export type HandlerOf = (session: ConsumerSession) => SessionHandler;

/**
 * Keeps a session running. When a session ends without a request to stop, the loop closes it and
 * opens a new one with a new client. After some failures, kafkajs consumers stay stopped or consume
 * nothing, so the loop never uses one again.
 */
export class ConsumerLoop {
  readonly #open: (events: SessionEvents) => ConsumerSession;
  readonly #handlerOf: HandlerOf;
  readonly #progress: Progress;
  readonly #log: Logger;
  readonly #retryMs: number;
  readonly #stopping = new AbortController();
  #session: ConsumerSession | undefined;
  #loop: Promise<void> | undefined;
  #partitions: readonly number[] = [];
  #state: CheckResult = { ok: false, reason: "consumer: not a member of the group yet" };

  /** @param retryMs time between the end of a session and the next one, in milliseconds. */
  constructor(
    open: (events: SessionEvents) => ConsumerSession,
    handlerOf: HandlerOf,
    progress: Progress,
    log: Logger,
    retryMs = RETRY_MS,
  ) {
    this.#open = open;
    this.#handlerOf = handlerOf;
    this.#progress = progress;
    this.#log = log;
    this.#retryMs = retryMs;
  }

  /** State of the membership in the consumer group: ok for a member. */
  get state(): CheckResult {
    return this.#state;
  }

  /** Partitions that the group has assigned to this member. */
  get partitions(): readonly number[] {
    return this.#partitions;
  }

  /** Starts consuming in the background. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Finishes the transaction in progress, commits its offset and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#session !== undefined) await this.#close(this.#session);
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping()) {
      this.#progress.tick();
      const session = this.#open({
        active: () => {
          this.#progress.tick();
        },
        joined: (partitions) => {
          this.#partitions = partitions ?? [];
          this.#state = partitions ? { ok: true } : { ok: false, reason: "consumer: not a member of the group" };
        },
      });
      this.#session = session;
      const failure = await session.run(this.#handlerOf(session)).catch((error: unknown) => error as Error);
      if (this.#isStopping()) return;

      this.#state = { ok: false, reason: `consumer: ${failure?.message ?? "it stopped without a request"}` };
      this.#log.warn({ err: failure }, "the consumer ended; starting a new one");
      this.#progress.sessionEnded(failure?.message ?? "it stopped without a request");
      await this.#close(session);
      await delay(this.#retryMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #close(session: ConsumerSession): Promise<void> {
    try {
      await withTimeout(session.close(), CLOSE_TIMEOUT_MS, "closing the consumer");
    } catch (error) {
      this.#log.warn({ err: error }, "the consumer didn't close properly");
    }
  }
}
