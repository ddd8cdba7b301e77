import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceClass, maxConnections } from "./instance-class.ts";
import { renderAuthentication, renderConfiguration } from "./server-config.ts";

function classOf(name: string) {
  const found = instanceClass(name);
  assert.ok(found);
  return found;
}

test("a db.t3.micro allows the 81 connections that were measured on AWS", () => {
  assert.equal(maxConnections(classOf("db.t3.micro")), 81);
});

test("a bigger class allows more connections, up to 5,000", () => {
  assert.ok(maxConnections(classOf("db.t3.small")) > 81);
  assert.equal(maxConnections(classOf("db.r6g.4xlarge")), 5_000);
});

test("a class that is not offered is undefined", () => {
  for (const name of ["db.t3.nano", "t3.micro", "db.t3", "", "db.t3.constructor"])
    assert.equal(instanceClass(name), undefined);
});

test("the group's values override the class's, and the server's own override both", () => {
  const parameters = {
    max_connections: "20",
    work_mem: "8192",
    log_connections: "1",
    "rds.force_ssl": "0",
    search_path: "a'b",
  };
  assert.equal(
    renderConfiguration(classOf("db.t3.micro"), 5_433, parameters),
    `# Rendered from the instance class and the parameter group.
autovacuum_naptime = '15'
autovacuum_vacuum_cost_limit = '200'
checkpoint_timeout = '300'
effective_cache_size = '47412'
hba_file = '/var/lib/rds/pg_hba.conf'
ident_file = '/var/lib/rds/pg_ident.conf'
idle_in_transaction_session_timeout = '86400000'
listen_addresses = '*'
log_connections = 'on'
max_connections = '20'
max_locks_per_transaction = '64'
max_wal_size = '2048'
min_wal_size = '192'
password_encryption = 'scram-sha-256'
port = '5433'
search_path = 'a''b'
shared_buffers = '23706'
shared_preload_libraries = 'pg_stat_statements'
ssl = 'on'
ssl_cert_file = '/var/lib/rds/server.crt'
ssl_key_file = '/var/lib/rds/server.key'
ssl_min_protocol_version = 'TLSv1.2'
tcp_keepalives_count = '2'
tcp_keepalives_idle = '300'
tcp_keepalives_interval = '30'
timezone = 'UTC'
unix_socket_directories = '/var/run/postgresql'
wal_keep_size = '2048'
work_mem = '8192'
`,
  );
});

test("TLS is required unless rds.force_ssl is 0", () => {
  assert.match(renderAuthentication({}), /^hostssl {2}all {2}all {2}all {2}scram-sha-256$/m);
  assert.match(renderAuthentication({ "rds.force_ssl": "1" }), /^hostssl {2}all {2}all/m);
  assert.match(renderAuthentication({ "rds.force_ssl": "0" }), /^host {2}all {2}all {2}all {2}scram-sha-256$/m);
});

test("the user rdsadmin can't log in over the network", () => {
  assert.match(renderAuthentication({}), /^host {2}all {2}rdsadmin {2}all {2}reject$/m);
});
