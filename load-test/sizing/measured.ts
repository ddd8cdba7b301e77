/**
 * What one request costs, in CPU seconds for 10,000, and how fast one process goes. Measured with prototypes of the services on two cores of a shared machine (Linux 6.18, Node.js 24, Kafka 3.9.1, PostgreSQL 15, everything local);
 * the only place that the sizes come from. docs/capacity.md says what they stand for.
 */
export const measured = {
  api: { cpuPer10000: 0.34, perSecond: 27_500, memoryMb: 219 },
  issuer: { cpuPer10000: 0.05, perSecond: 62_300, memoryMb: 508 },
  k6: { cpuPer10000: 4.5 },
} as const;

/** What is assumed and not measured; each makes the sizes bigger than the figures above would. */
export const assumed = {
  /** The first seconds bring this many times the average of the minute. */
  burst: 3,
  /** Share of a core that a process may use in planning. */
  utilization: 0.5,
  /** A core of a t3 host does this share of the measuring machine's. */
  coreOfHost: 0.5,
  /** RDS with its network and disk writes this share of the rows that the local database wrote. */
  rowsOnRds: 0.2,
  /** Records a second that one broker on a t3.medium takes: less than one process had acknowledged by one broker that shared two cores. */
  brokerPerSecond: 20_000,
  /** Beyond this one broker with one ZooKeeper, and one manager, are not what an event should hang on. */
  oneBrokerPerSecond: 100_000,
} as const;
