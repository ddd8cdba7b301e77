import { setTimeout as delay } from "node:timers/promises";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { countRecords } from "../count-records.ts";
import { type PartitionLag, readLag } from "../lag.ts";
import { withTimeout } from "@gifticon/runtime/with-timeout.ts";
import type { Admin, Kafka } from "kafkajs";
import type { Logger } from "pino";

const INTERVAL_MS = 5_000;
const TIMEOUT_MS = 5_000;

/**
 * Reads the group's lag from the broker at an interval, independently of the consumer. So the
 * figure is right while the consumer waits for the database. Also counts the records in the dead
 * letter topic.
 */
export class LagWatch {
  readonly #connect: () => Kafka;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #report: (lag: PartitionLag[] | undefined, letters: number | undefined) => void;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  /**
   * @param report receives the lag and the number of dead letters. Undefined means that the broker
   *   doesn't answer.
   */
  constructor(
    connect: () => Kafka,
    topic: string,
    groupId: string,
    report: (lag: PartitionLag[] | undefined, letters: number | undefined) => void,
    log: Logger,
  ) {
    this.#connect = connect;
    this.#topic = topic;
    this.#groupId = groupId;
    this.#report = report;
    this.#log = log;
  }

  /** Starts reading the lag in the background. */
  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping()) {
      const admin = this.#connect().admin();
      try {
        await withTimeout(admin.connect(), TIMEOUT_MS, "connecting to the broker");
        while (!this.#isStopping()) {
          const lag = await withTimeout(readLag(admin, this.#topic, this.#groupId), TIMEOUT_MS, "reading the lag");
          this.#report(lag, await this.#countLetters(admin));
          await this.#pause();
        }
      } catch (error) {
        this.#report(undefined, undefined);
        this.#log.debug({ err: error }, "couldn't read the lag");
        await this.#pause();
      } finally {
        await withTimeout(admin.disconnect(), TIMEOUT_MS, "disconnecting").catch(() => undefined);
      }
    }
  }

  /** Counts the dead letters. Returns undefined after an error: the lag is known without them. */
  async #countLetters(admin: Admin): Promise<number | undefined> {
    const count = countRecords(admin, deadLetterTopic(this.#topic));
    return withTimeout(count, TIMEOUT_MS, "counting the dead letters").catch(() => undefined);
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(): Promise<void> {
    await delay(INTERVAL_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
