import type { ClientBase } from "pg";
import { scramVerifier } from "./scram.ts";

/** A role that logs in. */
export interface Login {
  user: string;
  /** Undefined: nobody logs in as it now. */
  password: string | undefined;
  /** The most connections that it may have. */
  connections: number;
}

/** The roles that own nothing. */
export interface Roles {
  /** Login of main-api and the issuer. */
  service: Login;
  /** Login of the load test's agent. */
  loadTest: Login;
}

/**
 * All that each role may, beyond connecting and naming what is in schema public. Requests are
 * decided by the function only, which runs with its owner's rights: the services write to neither
 * table of it.
 */
const RIGHTS: Record<keyof Roles, readonly string[]> = {
  service: [
    "select (version) on schema_migration",
    "select (request_id, outcome, code) on gifticon_request",
    "select on gifticon_stock",
    "select (letter_id), insert (letter_id) on dead_letter_replay",
    "select, insert (topic_id, topic, waited) on topic_met",
    "execute on function issue_gifticons(uuid[], bigint[], bigint[], text[])",
  ],
  loadTest: [
    "select, delete on gifticon_request",
    "select, update (remaining, rejected_duplicate, rejected_sold_out) on gifticon_stock",
    "execute on function count_connections()",
  ],
};
/**
 * To vacuum. Before PostgreSQL 17 only the owner may; the server then skips it with a warning, and
 * its own vacuum comes later.
 */
const MAINTAIN = "maintain on gifticon_request";

/**
 * Makes the roles, gives them their passwords, and leaves them exactly the rights above: those of
 * before, and what PostgreSQL gives everyone, are taken away in the same transaction, so nobody who
 * needs one misses it meanwhile.
 *
 * @param client connects as the database's owner, who may create roles.
 */
export async function declareRoles(client: ClientBase, roles: Roles): Promise<void> {
  const logins = [roles.service, roles.loadTest];
  for (const login of logins) await declareLogin(client, login);

  const own = logins.map(({ user }) => client.escapeIdentifier(user)).join(", ");
  const databases = await client.query<{ name: string; here: boolean }>(
    `select datname as name, datname = current_database() as here from pg_database
     where pg_has_role(datdba, 'usage') and not datistemplate`,
  );
  for (const { name, here } of databases.rows) {
    const database = client.escapeIdentifier(name);
    await client.query(`revoke all on database ${database} from public`);
    if (here) {
      await client.query(`revoke all on database ${database} from ${own}`);
      await client.query(`grant connect on database ${database} to ${own}`);
    }
  }
  for (const what of ["all tables in schema public", "all functions in schema public", "schema public"]) {
    await client.query(`revoke all on ${what} from public, ${own}`);
  }
  await client.query(`grant usage on schema public to ${own}`);
  for (const role of ["service", "loadTest"] as const) {
    const user = client.escapeIdentifier(roles[role].user);
    for (const right of RIGHTS[role]) await client.query(`grant ${right} to ${user}`);
  }
  const version = await client.query<{ server_version_num: string }>("show server_version_num");
  if (Number(version.rows[0]?.server_version_num) >= 170_000) {
    await client.query(`grant ${MAINTAIN} to ${client.escapeIdentifier(roles.loadTest.user)}`);
  }
}

/**
 * The password goes to the server as what it keeps of it, so that no log of statements shows it.
 */
async function declareLogin(client: ClientBase, { user, password, connections }: Login): Promise<void> {
  const role = client.escapeIdentifier(user);
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [user]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  const access = password === undefined ? "nologin password null" : `login password '${scramVerifier(password)}'`;
  await client.query(`alter role ${role} ${access} connection limit ${connections}`);
}
