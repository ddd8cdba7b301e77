/** Names of metrics that tools read. Each counts by the label `outcome`. */
export const METRICS = {
  /** Requests that main-api answered. */
  requests: "gifticon_requests_total",
  /** Records that the issuer handled. */
  records: "gifticon_records_total",
  /** Lag: records that the issuer's group has not committed, by the label `partition`. */
  lag: "gifticon_consumer_lag_records",
  /** Part of the lag that an open transaction holds back, by the label `partition`. */
  held: "gifticon_consumer_held_records",
  /** Seconds since 1970 at which the issuer first saw a topic that replaced a deleted one. */
  replaced: "gifticon_topic_replaced_timestamp_seconds",
  /** Number of records that waited in the deleted topic at the issuer's last check. */
  waitedInReplaced: "gifticon_topic_replaced_waiting_records",
  /** Dead letters that no replay has put back. */
  deadLetters: "gifticon_dead_letters_waiting",
} as const;
