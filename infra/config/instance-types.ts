/**
 * Memory in MiB of the EC2 instance types that a host may have, as
 * https://aws.amazon.com/ec2/instance-types/ lists them. Only types of the amd64 architecture: the
 * images are built for it.
 */
export const instanceMemoryMib = {
  "t3.micro": 1024,
  "t3.small": 2048,
  "t3.medium": 4096,
  "t3.large": 8192,
  "t3.xlarge": 16384,
  "t3.2xlarge": 32768,
  "m7i.large": 8192,
  "m7i.xlarge": 16384,
  "m7i.2xlarge": 32768,
  "c7i.large": 4096,
  "c7i.xlarge": 8192,
  "c7i.2xlarge": 16384,
} as const;

/** An EC2 instance type that a host may have. */
export type InstanceType = keyof typeof instanceMemoryMib;

/** Cores (vCPUs) of the same types, from the same list. */
export const instanceCores: Readonly<Record<InstanceType, number>> = {
  "t3.micro": 2,
  "t3.small": 2,
  "t3.medium": 2,
  "t3.large": 2,
  "t3.xlarge": 4,
  "t3.2xlarge": 8,
  "m7i.large": 2,
  "m7i.xlarge": 4,
  "m7i.2xlarge": 8,
  "c7i.large": 2,
  "c7i.xlarge": 4,
  "c7i.2xlarge": 8,
};

/**
 * Maximum number of connections of PostgreSQL, by class of database. RDS derives `max_connections`
 * from the memory that its own processes leave. 81 was measured on db.t3.micro, and the values of
 * larger classes are computed from it by their memory.
 */
export const databaseConnections = {
  "db.t3.micro": 81,
  "db.t3.small": 162,
  "db.t3.medium": 324,
  "db.t3.large": 648,
  "db.m7g.large": 648,
  "db.m7g.xlarge": 1296,
} as const;

/** A class of database that the event may have. */
export type DatabaseClass = keyof typeof databaseConnections;
