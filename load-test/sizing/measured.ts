/**
 * What one request costs, in CPU seconds for 10,000, and how fast one process goes: the slower of two full runs of `./run bench services` on two cores of a shared
 * machine (docs/performance.md), k6 in `./run event`; the only place that the sizes come from. docs/capacity.md says what they stand for.
 */
export const measured = {
  api: { cpuPer10000: 1.05, perSecond: 8_590, memoryMb: 159 },
  issuer: { cpuPer10000: 0.19, perSecond: 32_300, memoryMb: 147 },
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
  /**
   * Records a second that a broker takes with each core of its host: less than half of the 27,500 that a prototype had acknowledged by one broker that shared two
   * cores with it.
   */
  brokerPerCore: 10_000,
  /** What one partition takes: its records are in one row, on one broker, and have one reader. */
  partitionPerSecond: 20_000,
} as const;
