/** The event's database, and the roles that log in. */
export const DATABASE = {
  name: "gifticon",
  /** Owner of the database and everything in it. Only the migrations log in with this role. */
  owner: "gifticon",
  /** Role of the services. */
  service: "gifticon_service",
  /** Role of the load test's agent. */
  loadTest: "gifticon_load_test",
} as const;
