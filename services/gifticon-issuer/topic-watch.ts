import type { ReplacedTopic } from "@gifticon/event-database/topics-met.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import type { Logger } from "pino";

/** A topic, and the number of records that waited in the one before it, if known. */
export interface MetTopic {
  id: string;
  waited: number | undefined;
}

/**
 * Notices by its id that the topic was deleted and created again, and reports how many records
 * waited in the former one. Those records are lost.
 */
export class TopicWatch {
  readonly #meet: (met: MetTopic) => Promise<ReplacedTopic | undefined>;
  readonly #report: (replaced: ReplacedTopic | undefined) => void;
  readonly #log: Logger;
  #known: string | undefined;
  #waiting: number | undefined;

  /**
   * @param meet records a topic in the database, and returns it when it replaced another topic.
   * @param report receives the topic that replaced another one; undefined for the first topic.
   */
  constructor(
    meet: (met: MetTopic) => Promise<ReplacedTopic | undefined>,
    report: (replaced: ReplacedTopic | undefined) => void,
    log: Logger,
  ) {
    this.#meet = meet;
    this.#report = report;
    this.#log = log;
  }

  /**
   * Checks the topic of this lag. A topic that can't be recorded now is recorded at a later check.
   */
  async look(lag: readonly PartitionLag[]): Promise<void> {
    const [first] = lag;
    if (first === undefined) return;
    const { topicId: id } = first;
    if (id !== this.#known) {
      try {
        this.#report(await this.#meet({ id, waited: this.#waiting }));
      } catch (error) {
        this.#log.debug({ err: error }, "couldn't note the topic");
        return;
      }
      this.#known = id;
    }
    this.#waiting = lag.reduce((sum, { behind }) => sum + behind, 0);
  }
}
