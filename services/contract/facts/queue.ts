/** The topic where requests wait. */
export const TOPIC = "coupon_create";

/** The consumer group that the issuer reads as. */
export const CONSUMER_GROUP = "group_1";

const DEAD_LETTER_SUFFIX = ".dlt";

/** The topic of records that could not be read. Their headers have the reason. */
export function deadLetterTopic(topic: string): string {
  return `${topic}${DEAD_LETTER_SUFFIX}`;
}

/**
 * The most characters of a topic's name: Kafka takes 249, and the name of its dead letters has to
 * fit too.
 */
export const TOPIC_NAME_MAX = 249 - DEAD_LETTER_SUFFIX.length;

/**
 * The largest batch of a dead letter topic, in bytes. Twice Kafka's default: a dead letter is its
 * record with more headers.
 */
export const DEAD_LETTER_BATCH_BYTES = 2 * 1024 * 1024;

/**
 * The largest dead letter, in bytes. Every record that came uncompressed fits, and its batch fits
 * its topic.
 */
export const DEAD_LETTER_BYTES = 0.75 * DEAD_LETTER_BATCH_BYTES;
