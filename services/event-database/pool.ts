import { checkServerIdentity } from "node:tls";
import pg from "pg";
import type { Logger } from "pino";
import type { DatabaseSettings } from "@gifticon/runtime/environment.ts";

/**
 * The server cancels a statement that takes longer. The limit is below the consumer's session
 * timeout, so a slow statement can't cost the membership in the group.
 */
const STATEMENT_TIMEOUT_MS = 5_000;
/** The client's own limit, for a server that disappeared without closing its connections. */
const QUERY_TIMEOUT_MS = 7_000;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * Longer than an update of all tasks of a service. After a change of the password, tasks with the
 * old one continue with the connections that they have.
 */
const IDLE_TIMEOUT_MS = 600_000;

/**
 * Creates the process's pool of connections to the database, which are opened when needed. TLS is
 * "verify-full": the certificate's chain must lead to the given authority, and its name must be the
 * host's.
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
    // When the host is an address, pg does not pass it to TLS, which would then verify the name
    // "localhost".
    ssl:
      ca === undefined
        ? false
        : { ca, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) },
  });
  // Without a listener, an idle connection that the server closes would end the process. pg
  // attaches its whole client to the error, which would be kilobytes of log.
  pool.on("error", ({ message }) => {
    log.warn({ reason: message }, "an idle database connection was lost");
  });
  return pool;
}
