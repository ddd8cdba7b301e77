/**
 * RDS's rule for a PostgreSQL parameter: the values that it takes, and whether a change needs a
 * reboot.
 */
export interface ParameterRule {
  applyType: "static" | "dynamic";
  values:
    | { kind: "boolean" }
    | { kind: "integer"; from: number; to: number }
    | { kind: "enum"; of: readonly string[] }
    | { kind: "list"; of: readonly string[] }
    | { kind: "text" };
}

const boolean = (applyType: ParameterRule["applyType"]): ParameterRule => ({ applyType, values: { kind: "boolean" } });
const integer = (applyType: ParameterRule["applyType"], from: number, to: number): ParameterRule => ({
  applyType,
  values: { kind: "integer", from, to },
});
const oneOf = (...of: string[]): ParameterRule => ({ applyType: "dynamic", values: { kind: "enum", of } });
const text = (applyType: ParameterRule["applyType"]): ParameterRule => ({ applyType, values: { kind: "text" } });
const maxInteger = 2_147_483_647;

/** PostgreSQL's message levels, the most detailed first. */
const messageLevels = [
  "debug5",
  "debug4",
  "debug3",
  "debug2",
  "debug1",
  "info",
  "notice",
  "warning",
  "error",
  "log",
  "fatal",
  "panic",
];

/**
 * The parameters of family postgres17 that the local cloud accepts. Source of apply types and
 * ranges: `aws rds describe-engine-default-parameters --db-parameter-group-family postgres17`.
 */
const rules: Record<string, ParameterRule> = {
  autovacuum: boolean("dynamic"),
  autovacuum_analyze_scale_factor: text("dynamic"),
  autovacuum_max_workers: integer("static", 1, 262_143),
  autovacuum_naptime: integer("dynamic", 1, 2_147_483),
  autovacuum_vacuum_cost_delay: integer("dynamic", -1, 100),
  autovacuum_vacuum_cost_limit: integer("dynamic", -1, 10_000),
  autovacuum_vacuum_scale_factor: text("dynamic"),
  autovacuum_work_mem: integer("dynamic", -1, maxInteger),
  checkpoint_timeout: integer("dynamic", 30, 86_400),
  client_encoding: text("dynamic"),
  commit_delay: integer("dynamic", 0, 100_000),
  commit_siblings: integer("dynamic", 0, 1_000),
  deadlock_timeout: integer("dynamic", 1, maxInteger),
  default_statistics_target: integer("dynamic", 1, 10_000),
  default_transaction_isolation: oneOf("serializable", "repeatable read", "read committed", "read uncommitted"),
  effective_cache_size: integer("dynamic", 1, maxInteger),
  effective_io_concurrency: integer("dynamic", 0, 1_000),
  huge_pages: { applyType: "static", values: { kind: "enum", of: ["on", "off", "try"] } },
  idle_in_transaction_session_timeout: integer("dynamic", 0, maxInteger),
  idle_session_timeout: integer("dynamic", 0, maxInteger),
  jit: boolean("dynamic"),
  lock_timeout: integer("dynamic", 0, maxInteger),
  log_autovacuum_min_duration: integer("dynamic", -1, maxInteger),
  log_checkpoints: boolean("dynamic"),
  log_connections: boolean("dynamic"),
  log_disconnections: boolean("dynamic"),
  log_lock_waits: boolean("dynamic"),
  log_min_duration_statement: integer("dynamic", -1, maxInteger),
  log_min_error_statement: oneOf(...messageLevels),
  log_min_messages: oneOf(...messageLevels),
  log_statement: oneOf("none", "ddl", "mod", "all"),
  log_temp_files: integer("dynamic", -1, maxInteger),
  maintenance_work_mem: integer("dynamic", 1_024, maxInteger),
  max_connections: integer("static", 6, 262_143),
  max_locks_per_transaction: integer("static", 10, maxInteger),
  max_parallel_workers: integer("dynamic", 0, 1_024),
  max_parallel_workers_per_gather: integer("dynamic", 0, 1_024),
  max_prepared_transactions: integer("static", 0, 262_143),
  max_replication_slots: integer("static", 5, 262_143),
  max_wal_senders: integer("static", 5, 262_143),
  max_wal_size: integer("dynamic", 128, 201_326_592),
  max_worker_processes: integer("static", 0, 262_143),
  min_wal_size: integer("dynamic", 128, 201_326_592),
  password_encryption: oneOf("md5", "scram-sha-256"),
  "pg_stat_statements.max": integer("static", 100, maxInteger),
  "pg_stat_statements.track": oneOf("none", "top", "all"),
  random_page_cost: text("dynamic"),
  "rds.force_ssl": boolean("dynamic"),
  "rds.log_retention_period": integer("dynamic", 1_440, 10_080),
  search_path: text("dynamic"),
  seq_page_cost: text("dynamic"),
  shared_buffers: integer("static", 16, 1_073_741_823),
  shared_preload_libraries: {
    applyType: "static",
    values: { kind: "list", of: ["auto_explain", "pg_stat_statements"] },
  },
  ssl_min_protocol_version: oneOf("TLSv1.2", "TLSv1.3"),
  statement_timeout: integer("dynamic", 0, maxInteger),
  superuser_reserved_connections: integer("static", 0, 262_143),
  synchronous_commit: oneOf("on", "off", "local", "remote_write", "remote_apply"),
  tcp_keepalives_count: integer("dynamic", 0, maxInteger),
  tcp_keepalives_idle: integer("dynamic", 0, maxInteger),
  tcp_keepalives_interval: integer("dynamic", 0, maxInteger),
  temp_buffers: integer("dynamic", 100, 1_073_741_823),
  timezone: text("dynamic"),
  track_activity_query_size: integer("static", 100, 1_048_576),
  track_io_timing: boolean("dynamic"),
  vacuum_cost_limit: integer("dynamic", 1, 10_000),
  wal_buffers: integer("static", -1, 262_143),
  wal_compression: boolean("dynamic"),
  wal_keep_size: integer("dynamic", 0, maxInteger),
  work_mem: integer("dynamic", 64, maxInteger),
};

const ruleByName = new Map(Object.entries(rules));

/** Returns RDS's rule for the parameter, or undefined when the local cloud does not know it. */
export function parameterRule(name: string): ParameterRule | undefined {
  return ruleByName.get(name);
}

/** Returns the reason why a parameter is wrong and the field that is wrong, or undefined. */
export function parameterFault(parameter: {
  name: string;
  value: string;
  applyMethod: string;
}): { field: "name" | "value" | "applyMethod"; reason: string } | undefined {
  const rule = parameterRule(parameter.name);
  if (rule === undefined) {
    return {
      field: "name",
      reason: `the local cloud does not know a parameter ${JSON.stringify(parameter.name)} of postgres17; it knows ${Object.keys(rules).join(", ")}`,
    };
  }
  const value = valueFault(rule, parameter.value);
  if (value !== undefined)
    return {
      field: "value",
      reason: `${JSON.stringify(parameter.value)} is not valid for ${parameter.name}: ${value}`,
    };
  if (rule.applyType === "static" && parameter.applyMethod !== "pending-reboot") {
    return {
      field: "applyMethod",
      reason: `cannot use immediate apply method for static parameter ${parameter.name}; set applyMethod: "pending-reboot"`,
    };
  }
  return undefined;
}

function valueFault({ values }: ParameterRule, value: string): string | undefined {
  switch (values.kind) {
    case "boolean":
      return value === "0" || value === "1" ? undefined : "0 or 1 is allowed";
    case "integer": {
      const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
      const inside = number >= values.from && number <= values.to;
      return inside
        ? undefined
        : `an integer from ${values.from} to ${values.to} is allowed (formulas are not evaluated here)`;
    }
    case "enum":
      return values.of.includes(value) ? undefined : `${values.of.join(", ")} are allowed`;
    case "list":
      return value.split(",").every((item) => values.of.includes(item.trim()))
        ? undefined
        : `a list, separated by commas, of ${values.of.join(", ")} is allowed`;
    case "text":
      return /[\n\r\0]/.test(value) ? "it must be one line" : undefined;
  }
}
