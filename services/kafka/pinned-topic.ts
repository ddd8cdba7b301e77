// The reference names the file, because the program's compilation includes only imported files, and
// no module can import an ambient declaration.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import { AsyncLocalStorage } from "node:async_hooks";
import offsetCommit from "kafkajs/src/protocol/requests/offsetCommit/index.js";
import offsetFetch from "kafkajs/src/protocol/requests/offsetFetch/index.js";

// Binds a consumer to one topic by its id. The broker keeps a group's offsets by topic name. So a
// consumer of kafkajs 2.2.4 continues at its old position in a new topic of the same name: it skips
// the records before that position, or waits at the end. A pinned consumer fetches by id
// (`read-fetches.ts`), commits the id with each offset, and ignores offsets that were committed
// with another id.

/** A topic to which a consumer is bound. */
export interface PinnedTopic {
  readonly topic: string;
  readonly id: string;
  /** Called at each fetch after the topic was deleted. */
  readonly onLost: (error: TopicLostError) => void;
}

/** The topic was deleted, and perhaps created again. */
export class TopicLostError extends Error {
  override readonly name = "TopicLostError";
  readonly code = "TOPIC_LOST";

  constructor({ topic, id }: Pick<PinnedTopic, "topic" | "id">) {
    super(`the broker has no topic ${topic} with the id ${id} any more: it was deleted`);
  }
}

const pinned = new AsyncLocalStorage<PinnedTopic>();

/** Runs the work, and everything that it starts, bound to the topic. */
export function withPinnedTopic<T>(topic: PinnedTopic, work: () => T): T {
  return pinned.run(topic, work);
}

/** Returns the topic to which the running work is bound, if it is one of these. */
export function pinnedAmong(topics: readonly { topic: string }[]): PinnedTopic | undefined {
  const pin = pinned.getStore();
  return topics.some(({ topic }) => topic === pin?.topic) ? pin : undefined;
}

const METADATA_PREFIX = "topic-id=";

/**
 * Returns true for an offset that was committed for the topic with this id. An offset without an id
 * counts too: another client committed it, or an older version of this one.
 *
 * @param metadata text that was committed with the offset.
 */
export function isCommittedFor(id: string, metadata: string | null | undefined): boolean {
  return !metadata?.startsWith(METADATA_PREFIX) || metadata === METADATA_PREFIX + id;
}

const { protocol: commitProtocol } = offsetCommit;

offsetCommit.protocol = (of) => {
  const make = commitProtocol(of);
  return (options) => {
    const pin = pinnedAmong(options.topics);
    if (pin === undefined) return make(options);
    const withId = options.topics.map(({ topic, partitions }) => ({
      topic,
      partitions:
        topic === pin.topic ? partitions.map((one) => ({ ...one, metadata: METADATA_PREFIX + pin.id })) : partitions,
    }));
    return make({ ...options, topics: withId });
  };
};

const { protocol: fetchProtocol } = offsetFetch;
/** The protocol's offset of a partition without a commit of the group. */
const NOTHING_COMMITTED = "-1";

offsetFetch.protocol = (of) => {
  const make = fetchProtocol(of);
  return (options) => {
    const made = make(options);
    const pin = pinnedAmong(options.topics);
    if (pin === undefined) return made;
    const decode: typeof made.response.decode = async (raw) => {
      const decoded = await made.response.decode(raw);
      return { ...decoded, responses: decoded.responses.map((response) => withoutOtherTopics(response, pin)) };
    };
    return { ...made, response: { ...made.response, decode } };
  };
};

interface CommittedTopic {
  topic: string;
  partitions: { partition: number; offset: string; metadata: string | null }[];
}

function withoutOtherTopics({ topic, partitions }: CommittedTopic, pin: PinnedTopic): CommittedTopic {
  if (topic !== pin.topic) return { topic, partitions };
  return {
    topic,
    partitions: partitions.map((one) =>
      isCommittedFor(pin.id, one.metadata) ? one : { ...one, offset: NOTHING_COMMITTED },
    ),
  };
}
