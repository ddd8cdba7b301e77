/**
 * Measured cost of requests, in CPU seconds for 10,000, and rate of one process. Each is the slower
 * of two full runs of `./run bench services` on two cores of a shared machine
 * (docs/performance.md); k6 was measured in `./run event`. All sizes derive from these figures.
 * docs/capacity.md explains them.
 */
export const measured = {
  api: { cpuPer10000: 1.05, perSecond: 8_590 },
  issuer: { cpuPer10000: 0.19, perSecond: 32_300 },
  k6: { cpuPer10000: 4.5 },
} as const;

/** Assumptions that were not measured. Each is chosen so that the sizes become larger. */
export const assumed = {
  /** Rate of the first seconds, as a multiple of the minute's average. */
  burst: 3,
  /** Planned share of a core for a process. */
  utilization: 0.5,
  /** Speed of a t3 core, as a share of the measuring machine's. */
  coreOfHost: 0.5,
  /** Speed of RDS, as a share of the local database's. */
  rowsOnRds: 0.2,
  /**
   * Records a second for each core of a broker's host. A prototype had 27,500 acknowledged by one
   * broker that shared two cores with it; this is less than half.
   */
  brokerPerCore: 10_000,
  /** Records a second of one partition, which has one broker and one reader. */
  partitionPerSecond: 20_000,
} as const;
