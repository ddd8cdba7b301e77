import type { ReplacedTopic } from "@gifticon/event-database/topics-met.ts";
import type { PartitionLag } from "@gifticon/kafka/lag.ts";
import type { Logger } from "pino";

/** A topic, and what waited in the one before it, as far as that is known. */
export interface MetTopic {
  id: string;
  waited: number | undefined;
}

/**
 * Notices a topic that was deleted and created again, by its id, and tells how many records waited
 * in the former one: nothing brings them back.
 */
export class TopicWatch {
  readonly #meet: (met: MetTopic) => Promise<ReplacedTopic | undefined>;
  readonly #report: (replaced: ReplacedTopic | undefined) => void;
  readonly #log: Logger;
  #known: string | undefined;
  #waiting: number | undefined;

  /**
   * @param meet Notes a topic for good, and returns it when it is another one than before.
   * @param report Gets the topic that stands in the place of another one; undefined for the first.
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

  /** Looks at the lag, as it was read. A topic that can't be noted now is noted at a later look. */
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
