import { formulaMemory, maxConnections, type InstanceClass } from "./instance-class.ts";
import { parameterRule } from "./parameters.ts";

/** Paths of the server's files in its container. The volume holds all of them. */
export const paths = {
  volume: "/var/lib/rds",
  data: "/var/lib/rds/data",
  certificate: "/var/lib/rds/server.crt",
  key: "/var/lib/rds/server.key",
  configuration: "/var/lib/rds/postgresql.conf",
  authentication: "/var/lib/rds/pg_hba.conf",
  identities: "/var/lib/rds/pg_ident.conf",
} as const;

/** The values of a parameter group, by name. */
export type ParameterValues = Readonly<Record<string, string>>;

/** Returns the values of the group default.postgres17 that differ from PostgreSQL's defaults. */
function defaults(of: InstanceClass): Record<string, string> {
  const pages = (divisor: number) => String(Math.floor(formulaMemory(of) / divisor));
  return {
    autovacuum_naptime: "15",
    autovacuum_vacuum_cost_limit: "200",
    checkpoint_timeout: "300",
    effective_cache_size: pages(16_384),
    idle_in_transaction_session_timeout: "86400000",
    max_connections: String(maxConnections(of)),
    max_locks_per_transaction: "64",
    max_wal_size: "2048",
    min_wal_size: "192",
    password_encryption: "scram-sha-256",
    shared_buffers: pages(32_768),
    shared_preload_libraries: "pg_stat_statements",
    ssl_min_protocol_version: "TLSv1.2",
    tcp_keepalives_count: "2",
    tcp_keepalives_idle: "300",
    tcp_keepalives_interval: "30",
    timezone: "UTC",
    wal_keep_size: "2048",
  };
}

/**
 * Returns true when clients must use TLS. The parameter rds.force_ssl is on by default since family
 * postgres15.
 */
function forcesTls(parameters: ParameterValues): boolean {
  return (parameters["rds.force_ssl"] ?? "1") === "1";
}

/** Returns the text of postgresql.conf for an instance class, a port and a parameter group. */
export function renderConfiguration(of: InstanceClass, port: number, parameters: ParameterValues): string {
  const settings: Record<string, string> = {
    ...defaults(of),
    ...Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith("rds."))),
    listen_addresses: "*",
    port: String(port),
    hba_file: paths.authentication,
    ident_file: paths.identities,
    ssl: "on",
    ssl_cert_file: paths.certificate,
    ssl_key_file: paths.key,
    unix_socket_directories: "/var/run/postgresql",
  };
  const lines = Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = '${postgresValue(name, value).replaceAll("'", "''")}'`);
  return `# Rendered from the instance class and the parameter group.\n${lines.join("\n")}\n`;
}

/**
 * Returns the text of pg_hba.conf. The user rdsadmin connects over the socket only, everybody else
 * by password.
 */
export function renderAuthentication(parameters: ParameterValues): string {
  return [
    "# TYPE  DATABASE  USER  ADDRESS  METHOD",
    "local  all  rdsadmin  peer map=rds",
    "host  all  rdsadmin  all  reject",
    `${forcesTls(parameters) ? "hostssl" : "host"}  all  all  all  scram-sha-256`,
    "",
  ].join("\n");
}

/** The text of pg_ident.conf: the operating system's user postgres connects as rdsadmin. */
export const identities = "rds  postgres  rdsadmin\n";

/**
 * Returns a value as PostgreSQL writes it. RDS writes booleans as 0 and 1, which some of
 * PostgreSQL's enumerations don't accept.
 */
function postgresValue(name: string, value: string): string {
  if (parameterRule(name)?.values.kind !== "boolean") return value;
  return value === "1" ? "on" : "off";
}
