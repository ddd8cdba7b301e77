import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Case } from "../case.ts";
import { docker } from "../environment.ts";
import { delayPort } from "./delay.ts";

/** Each way: an answer takes at least twice as long. */
const LATENCY_MS = 200;

/** Ends the connections of the services: they come back at once. */
const END_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${DATABASE.service}'`;

const startedAt = "select to_char(pg_postmaster_start_time() at time zone 'UTC', 'HH24:MI:SS.MS')";

export const databaseCases: readonly Case[] = [
  {
    name: "database-restarted",
    family: "database",
    what: "the database is restarted, in its fast way",
    fast: true,
    strike: async ({ environment, until, undo, proof }) => {
      const container = await environment.service("database");
      const [before = ""] = await environment.sql(startedAt);
      const start = undo(() => docker(["start", container]));
      // Ends connections and leaves nothing to recover, as RDS does it.
      await docker(["kill", "--signal", "SIGINT", container]);
      await until("the database's end", async () => {
        return (await docker(["inspect", "--format", "{{.State.Running}}", container])) === "false";
      });
      await start();
      const after = await until("the database's answer", async () => (await environment.sql(startedAt))[0]);
      if (after === before) throw new Error(`the database was not restarted: it runs since ${before}`);
      proof(`the server started at ${before}, and anew at ${after}`);
    },
  },
  {
    name: "database-slow",
    family: "database",
    what: `everything to and from the database comes ${LATENCY_MS} ms late`,
    strike: async (blow) => {
      const { environment, undo } = blow;
      const again = undo(() => environment.sql(END_CONNECTIONS));
      const pid = await docker(["inspect", "--format", "{{.State.Pid}}", await environment.service("database")]);
      const delayed = await delayPort(blow, { network: `/proc/${pid}/ns/net`, port: PORTS.database, ms: LATENCY_MS });
      await environment.sql(END_CONNECTIONS);
      await blow.last(blow.fast ? 8 : 20);
      await delayed.end();
      await again();
    },
  },
  {
    name: "database-connections-exhausted",
    family: "database",
    what: "the database hands out no connection",
    strike: async ({ environment, undo, last, proof }) => {
      const container = await environment.service("database");
      const limit = (connections: number) =>
        environment.sql(`alter database ${DATABASE.name} connection limit ${connections}`);
      const release = undo(() => limit(-1));
      const since = new Date().toISOString();
      // The same error as without a free connection (53300); the server's own user is let in all the same, and can undo it.
      await limit(0);
      await environment.sql(END_CONNECTIONS);
      await last(10);
      const [left] = await environment.sql(
        `select count(*) from pg_stat_activity where usename = '${DATABASE.service}'`,
      );
      await release();
      const log = await docker(["logs", "--since", since, container], { all: true });
      const refused = log.split("\n").filter((line) => line.includes("too many connections for database")).length;
      if (left !== "0" || refused === 0)
        throw new Error(`${left ?? "?"} connections were left, and ${refused} refused`);
      proof(`no connection was left, and ${refused} were refused`);
    },
  },
];
