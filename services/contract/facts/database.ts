/** The event's database, and the roles that log in. */
export const DATABASE = {
  name: "gifticon",
  /** Owns everything in it. Only the migrations log in as it. */
  owner: "gifticon",
  /** The services. */
  service: "gifticon_service",
  /** The load test's agent. */
  loadTest: "gifticon_load_test",
} as const;
