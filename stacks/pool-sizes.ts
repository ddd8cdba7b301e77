/**
 * Connections that the services leave free: for PostgreSQL's superusers, for RDS and for a person.
 */
const RESERVED = 9;

/**
 * Returns the maximum number of connections of all services together.
 *
 * @param connections maximum number of connections of the database.
 */
export function serviceConnections(connections: number): number {
  return connections - RESERVED;
}

/** Maximum number of connections of each process. */
export interface PoolSizes {
  /** Connections of one task of the API. */
  api: number;
  issuer: number;
}

/**
 * Divides the database's connections. In mode direct the API's tasks share all of them; one more
 * task is counted, because an update starts a task before it stops another. In mode kafka the API
 * only reads statuses, and the issuer writes one batch after the other.
 *
 * @param connections maximum number of connections of the database.
 */
export function sharePools(mode: "kafka" | "direct", replicas: number, connections: number): PoolSizes {
  const issuer = mode === "kafka" ? 4 : 0;
  const share = Math.max(1, Math.floor((serviceConnections(connections) - 2 * issuer) / (replicas + 1)));
  return { api: mode === "kafka" ? Math.min(5, share) : share, issuer };
}
