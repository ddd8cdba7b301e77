/** Connections that stay free of the services': PostgreSQL's reserved ones, RDS's own, and a person who looks. */
const RESERVED = 9;

/**
 * The most connections that the services have together: the rest stays free whatever they do.
 *
 * @param connections what the database serves at most.
 */
export function serviceConnections(connections: number): number {
  return connections - RESERVED;
}

/** Connections of each process. */
export interface PoolSizes {
  /** Of one copy of the API. */
  api: number;
  issuer: number;
}

/**
 * Shares the database's connections out. In mode direct the API's copies have all of them, one more copy counted in, as an update starts a copy before it stops another. In mode kafka
 * the API only reads a request's status, and the issuer writes batches one by one.
 *
 * @param connections what the database serves at most.
 */
export function sharePools(mode: "kafka" | "direct", replicas: number, connections: number): PoolSizes {
  const issuer = mode === "kafka" ? 4 : 0;
  const share = Math.max(1, Math.floor((serviceConnections(connections) - 2 * issuer) / (replicas + 1)));
  return { api: mode === "kafka" ? Math.min(5, share) : share, issuer };
}
