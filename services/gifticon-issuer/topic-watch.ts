import type { ReplacedTopic } from "@gifticon/event-database/seen-topics.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import type { Logger } from "pino";

/** A topic, and the number of records that waited in the previous topic of its name, if known. */
export interface SeenTopic {
  id: string;
  waited: number | undefined;
}

/**
 * Detects by the topic's id that it was deleted and created again, and reports how many records
 * waited in the deleted one. Those records are lost.
 */
export class TopicWatch {
  readonly #record: (topic: SeenTopic) => Promise<ReplacedTopic | undefined>;
  readonly #report: (replaced: ReplacedTopic | undefined) => void;
  readonly #log: Logger;
  #known: string | undefined;
  #waiting: number | undefined;

  /**
   * @param record records a topic in the database, and returns it when it replaced another topic.
   * @param report receives the topic that replaced another one; undefined for the first topic.
   */
  constructor(
    record: (topic: SeenTopic) => Promise<ReplacedTopic | undefined>,
    report: (replaced: ReplacedTopic | undefined) => void,
    log: Logger,
  ) {
    this.#record = record;
    this.#report = report;
    this.#log = log;
  }

  /**
   * Checks the topic of this lag. A topic that can't be recorded now is recorded at a later check.
   */
  async check(lag: readonly PartitionLag[]): Promise<void> {
    const [first] = lag;
    if (first === undefined) return;
    const { topicId: id } = first;
    if (id !== this.#known) {
      try {
        this.#report(await this.#record({ id, waited: this.#waiting }));
      } catch (error) {
        this.#log.debug({ err: error }, "couldn't record the topic");
        return;
      }
      this.#known = id;
    }
    this.#waiting = lag.reduce((sum, { behind }) => sum + behind, 0);
  }
}
