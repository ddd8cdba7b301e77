/** An RDS instance class, with the properties that have an effect locally. */
export interface InstanceClass {
  /** Memory in bytes: the limit of the server's container. */
  memory: number;
  virtualCpus: number;
}

const GiB = 1024 ** 3;

/**
 * Classes for PostgreSQL 17. Source of their sizes: "Hardware specifications for DB instance
 * classes" in the RDS user guide.
 */
const families: Record<string, Record<string, InstanceClass>> = {
  "db.t3": burstable(),
  "db.t4g": burstable(),
  "db.m5": generalPurpose(),
  "db.m6g": generalPurpose(),
  "db.m6i": generalPurpose(),
  "db.m7g": generalPurpose(),
  "db.r5": memoryOptimized(),
  "db.r6g": memoryOptimized(),
  "db.r6i": memoryOptimized(),
  "db.r7g": memoryOptimized(),
};

const classes = new Map<string, InstanceClass>(
  Object.entries(families).flatMap(([family, sizes]) =>
    Object.entries(sizes).map(([size, found]) => [`${family}.${size}`, found] as const),
  ),
);

/** The names of all classes, for messages. */
export const instanceClassNames: readonly string[] = [...classes.keys()];

/**
 * Returns the class, or undefined when RDS or the local cloud does not offer it for PostgreSQL 17.
 */
export function instanceClass(name: string): InstanceClass | undefined {
  return classes.get(name);
}

/**
 * Memory in bytes that RDS and the operating system use. Taken from a db.t3.micro on AWS, which
 * allows 81 connections: 81 x 9,531,392 bytes are left of its 1 GiB. For other classes it is an
 * estimate.
 */
const reserved = GiB - 81.5 * 9_531_392;

/** Returns the memory in bytes that RDS's formulas call DBInstanceClassMemory. */
export function formulaMemory(of: InstanceClass): number {
  return of.memory - reserved;
}

/**
 * Returns RDS's default of max_connections for PostgreSQL: LEAST({DBInstanceClassMemory/9531392},
 * 5000).
 */
export function maxConnections(of: InstanceClass): number {
  return Math.min(Math.floor(formulaMemory(of) / 9_531_392), 5_000);
}

function burstable(): Record<string, InstanceClass> {
  return {
    micro: { memory: GiB, virtualCpus: 2 },
    small: { memory: 2 * GiB, virtualCpus: 2 },
    medium: { memory: 4 * GiB, virtualCpus: 2 },
    large: { memory: 8 * GiB, virtualCpus: 2 },
    xlarge: { memory: 16 * GiB, virtualCpus: 4 },
    "2xlarge": { memory: 32 * GiB, virtualCpus: 8 },
  };
}

function generalPurpose(): Record<string, InstanceClass> {
  return {
    large: { memory: 8 * GiB, virtualCpus: 2 },
    xlarge: { memory: 16 * GiB, virtualCpus: 4 },
    "2xlarge": { memory: 32 * GiB, virtualCpus: 8 },
    "4xlarge": { memory: 64 * GiB, virtualCpus: 16 },
  };
}

function memoryOptimized(): Record<string, InstanceClass> {
  return {
    large: { memory: 16 * GiB, virtualCpus: 2 },
    xlarge: { memory: 32 * GiB, virtualCpus: 4 },
    "2xlarge": { memory: 64 * GiB, virtualCpus: 8 },
    "4xlarge": { memory: 128 * GiB, virtualCpus: 16 },
  };
}
