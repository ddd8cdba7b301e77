import type { ClientBase } from "pg";
import { scramVerifier } from "./scram.ts";

/** A role that logs in. */
export interface Login {
  user: string;
  /** Undefined prevents logins. */
  password: string | undefined;
  /** Maximum number of connections. */
  connections: number;
}

/** The roles without property of their own. */
export interface Roles {
  /** Login of main-api and the issuer. */
  service: Login;
  /** Login of the load test's agent. */
  loadTest: Login;
}

/**
 * Rights of each role, besides those to connect and to use names in schema public. Only the
 * function decides requests, with its owner's rights. So the services can't write to its two
 * tables.
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
 * The right to vacuum. Before PostgreSQL 17 only the owner has it. The server then skips the vacuum
 * with a warning, and its own vacuum follows later.
 */
const MAINTAIN = "maintain on gifticon_request";

/**
 * Creates the roles, sets their passwords, and gives them exactly the rights above. It revokes
 * earlier rights and PostgreSQL's rights of everyone in the same transaction, so no role lacks a
 * right in between.
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
 * Creates or changes a role that logs in. The server gets the verifier of the password, so that no
 * log of statements shows the password.
 */
async function declareLogin(client: ClientBase, { user, password, connections }: Login): Promise<void> {
  const role = client.escapeIdentifier(user);
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [user]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  const access = password === undefined ? "nologin password null" : `login password '${scramVerifier(password)}'`;
  await client.query(`alter role ${role} ${access} connection limit ${connections}`);
}
