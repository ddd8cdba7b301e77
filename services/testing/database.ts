import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { createPool } from "@gifticon/event-database/pool.ts";
import pg from "pg";
import { pino } from "pino";
import { rolesSql } from "local-cloud/aws/rds/roles.ts";
import { scramVerifier } from "local-cloud/aws/rds/scram.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { freePort, IMAGES, runContainer } from "./containers.ts";

const SILENT = pino({ level: "silent" });
const PASSWORD = "for-tests-only";

/**
 * PostgreSQL with TLS and the connection limit of an RDS db.t3.micro. Its owner has the rights of
 * RDS's master user.
 */
export interface DatabaseServer extends AsyncDisposable {
  readonly port: number;
  /** The certificate authority of the server's certificate, in PEM. */
  readonly ca: string;
  /** The owner's password. */
  readonly password: string;
  /** Creates an empty database. */
  create: (name: string) => Promise<void>;
  /** Returns a new connection pool of the owner or of another login. */
  connect: (name: string, login?: { user: string; password: string }) => pg.Pool;
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

const START = `
set -euo pipefail
data=/var/lib/postgresql/test
if [[ ! -d $data ]]; then
  install -d -o postgres -m 700 "$data"
  cd "$data"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout /var/lib/postgresql/server.key -out /var/lib/postgresql/server.crt 2>/dev/null
  chown postgres /var/lib/postgresql/server.*
  setpriv --reuid=postgres --regid=postgres --init-groups /usr/lib/postgresql/17/bin/initdb \
    --pgdata="$data" --auth-local=trust --auth-host=scram-sha-256 --username=rdsadmin >/dev/null
  echo 'hostssl all all all scram-sha-256' >> "$data/pg_hba.conf"
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups /usr/lib/postgresql/17/bin/postgres -D "$data" \
  -c listen_addresses='*' -c max_connections=81 -c ssl=on \
  -c ssl_cert_file=/var/lib/postgresql/server.crt -c ssl_key_file=/var/lib/postgresql/server.key
`;

/** Starts the server and waits until it answers. */
export async function startDatabase(): Promise<DatabaseServer> {
  const port = await freePort();
  // SIGINT is PostgreSQL's fast shutdown; the default SIGTERM would wait for clients to disconnect.
  const options = ["--publish", `127.0.0.1:${port}:${PORTS.database}`, "--stop-signal", "SIGINT"];
  const container = await runContainer(options, IMAGES.postgres, ["bash", "-c", START]);

  let ca = "";
  const connect: DatabaseServer["connect"] = (name, login = { user: "gifticon", password: PASSWORD }) =>
    createPool({ host: "127.0.0.1", port, name, ...login, ca, poolSize: 4 }, "test", SILENT);
  const query = async (text: string) => {
    const pool = connect("postgres");
    await pool.query(text).finally(() => pool.end());
    return true;
  };
  const answers = () => waitUntil("an answer of the database", () => query("select 1"));
  ca = await waitUntil("its certificate", () => container.exec("cat", "/var/lib/postgresql/server.crt"));
  const makeRoles = rolesSql("gifticon", scramVerifier(PASSWORD));
  await waitUntil("its roles", () =>
    container.exec("psql", "-XqU", "rdsadmin", "-d", "postgres", "-c", makeRoles).then(() => true),
  );
  await answers();
  return {
    port,
    ca,
    password: PASSWORD,
    connect,
    create: async (name) => {
      await query(`create database ${pg.escapeIdentifier(name)}`);
    },
    stop: () => container.act("stop"),
    start: async () => {
      await container.act("start");
      await answers();
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}
