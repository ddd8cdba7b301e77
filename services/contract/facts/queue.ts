/** The topic where requests wait. */
export const TOPIC = "coupon_create";

/** Consumer group of the issuer. */
export const CONSUMER_GROUP = "group_1";

const DEAD_LETTER_SUFFIX = ".dlt";

/**
 * Returns the name of the topic for records that could not be read. Their headers have the reason.
 */
export function deadLetterTopic(topic: string): string {
  return `${topic}${DEAD_LETTER_SUFFIX}`;
}

/**
 * Maximum length of a topic's name. Kafka allows 249 characters, and the name of its dead letter
 * topic is longer.
 */
export const TOPIC_NAME_MAX = 249 - DEAD_LETTER_SUFFIX.length;

/**
 * Maximum size of a batch in a dead letter topic, in bytes: twice Kafka's default, because a dead
 * letter is its record with more headers.
 */
export const DEAD_LETTER_BATCH_BYTES = 2 * 1024 * 1024;

/**
 * Maximum size of a dead letter, in bytes. Every record that came uncompressed fits into one, and
 * one fits into a batch of the topic.
 */
export const DEAD_LETTER_BYTES = 0.75 * DEAD_LETTER_BATCH_BYTES;
