/** Names of metrics that tools read. Each counts by the label `outcome`. */
export const METRICS = {
  /** Requests that main-api answered. */
  requests: "gifticon_requests_total",
  /** Records that the issuer handled. */
  records: "gifticon_records_total",
  /** Records that the issuer's group has not committed, by the label `partition`. */
  lag: "gifticon_consumer_lag_records",
  /** Records of these that an open transaction holds back, by the label `partition`. */
  held: "gifticon_consumer_held_records",
  /** Seconds since 1970 at which the issuer met a topic in the place of one that was deleted. */
  replaced: "gifticon_topic_replaced_timestamp_seconds",
  /** Records that waited in the deleted one when the issuer looked last. */
  waitedInReplaced: "gifticon_topic_replaced_waiting_records",
} as const;
