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
} as const;
