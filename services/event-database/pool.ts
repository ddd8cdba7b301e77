import { checkServerIdentity } from "node:tls";
import pg from "pg";
import type { Logger } from "pino";
import type { DatabaseSettings } from "@gifticon/runtime/environment.ts";

/**
 * A statement that takes longer is given up by the server. Below the consumer's session timeout, so
 * a slow one can't cost the group membership.
 */
const STATEMENT_TIMEOUT_MS = 5_000;
/** The client's own bound, for a server that went away without a word. */
const QUERY_TIMEOUT_MS = 7_000;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * Longer than all copies of a service take to be updated one by one: with a new password, the
 * copies that still have the old one go on by the connections that they have.
 */
const IDLE_TIMEOUT_MS = 600_000;

/**
 * The process's connections to the database, opened as needed. TLS is "verify-full": the chain must
 * lead to the given authority and the certificate must be the host's.
 */
export function createPool(settings: DatabaseSettings, applicationName: string, log: Logger): pg.Pool {
  const { host, port, name, user, password, ca, poolSize } = settings;
  const pool = new pg.Pool({
    host,
    port,
    database: name,
    user,
    password,
    max: poolSize,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    // pg hands over a host that is an address without telling TLS, which would then check for
    // "localhost".
    ssl:
      ca === undefined
        ? false
        : { ca, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) },
  });
  // Without a listener, an idle connection that the server closes would end the process. pg hangs
  // its whole client on the error: kilobytes of a log.
  pool.on("error", ({ message }) => {
    log.warn({ reason: message }, "an idle database connection was lost");
  });
  return pool;
}
