/**
 * Returns SQL that creates the roles of an RDS instance. The master user is no superuser, but a
 * member of `rds_superuser`, which has the rights that RDS gives ("Understanding the rds_superuser
 * role" in the RDS user guide). The SQL can run more than once.
 *
 * @param verifier the master user's password as PostgreSQL stores it (see scramVerifier).
 */
export function rolesSql(user: string, verifier: string): string {
  const master = identifier(user);
  return `
DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['rds_superuser', 'rds_replication', 'rds_iam', 'rds_password'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I', name); END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user)}) THEN CREATE ROLE ${master}; END IF;
END $$;
GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_create_subscription, pg_maintain,
  pg_use_reserved_connections, rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION;
ALTER ROLE ${master} WITH LOGIN INHERIT CREATEDB CREATEROLE PASSWORD ${literal(verifier)} VALID UNTIL 'infinity';
GRANT rds_superuser TO ${master};
ALTER DATABASE postgres OWNER TO ${master};
`;
}

/**
 * Returns SQL that creates the first database, owned by the master user, unless it exists. For
 * psql: `\gexec` runs the result.
 */
export function databaseSql(name: string, user: string): string {
  return `SELECT ${literal(`CREATE DATABASE ${identifier(name)} OWNER ${identifier(user)}`)}
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(name)}) \\gexec
`;
}

/** Returns SQL that changes the master user's password. */
export function passwordSql(user: string, verifier: string): string {
  return `ALTER ROLE ${identifier(user)} PASSWORD ${literal(verifier)};\n`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
