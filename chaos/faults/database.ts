import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Case } from "../case.ts";
import { containerOf } from "../environment/aws-services.ts";
import { docker } from "../environment/docker.ts";
import { delayPort } from "./delay.ts";

/** Delay in each direction; an answer takes at least twice as long. */
const LATENCY_MS = 200;

/** Ends the services' connections. The services reconnect at once. */
const END_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${DATABASE.service}'`;

const startedAt = "select to_char(pg_postmaster_start_time() at time zone 'UTC', 'HH24:MI:SS.MS')";

export const databaseCases: readonly Case[] = [
  {
    name: "database-restarted",
    family: "database",
    description: "restarts the database in its fast mode",
    fast: true,
    inject: async ({ environment, until, undo, observed }) => {
      const container = await containerOf(environment.account, "database");
      const [before = ""] = await environment.database.sql(startedAt);
      const start = undo(() => docker(["start", container]));
      // PostgreSQL's fast shutdown: it ends connections and needs no recovery. RDS restarts like
      // this.
      await docker(["kill", "--signal", "SIGINT", container]);
      await until("the database to stop", async () => {
        return (await docker(["inspect", "--format", "{{.State.Running}}", container])) === "false";
      });
      await start();
      const after = await until("the database to answer", async () => (await environment.database.sql(startedAt))[0]);
      if (after === before) throw new Error(`the database was not restarted: it has run since ${before}`);
      observed(`the server started at ${before} and again at ${after}`);
    },
  },
  {
    name: "database-slow",
    family: "database",
    description: `delays all traffic to and from the database by ${LATENCY_MS} ms`,
    inject: async (context) => {
      const { environment, undo } = context;
      const again = undo(() => environment.database.sql(END_CONNECTIONS));
      const pid = await docker([
        "inspect",
        "--format",
        "{{.State.Pid}}",
        await containerOf(environment.account, "database"),
      ]);
      const delayed = await delayPort(context, {
        network: `/proc/${pid}/ns/net`,
        port: PORTS.database,
        ms: LATENCY_MS,
      });
      await environment.database.sql(END_CONNECTIONS);
      await context.hold(context.fast ? 8 : 20);
      await delayed.end();
      await again();
    },
  },
  {
    name: "database-connections-exhausted",
    family: "database",
    description: "refuses new connections to the database",
    inject: async ({ environment, undo, hold, observed }) => {
      const container = await containerOf(environment.account, "database");
      const limit = (connections: number) =>
        environment.database.sql(`alter database ${DATABASE.name} connection limit ${connections}`);
      const release = undo(() => limit(-1));
      const since = new Date().toISOString();
      // Gives the error of exhausted connections (53300). The superuser may still connect and
      // restore it.
      await limit(0);
      await environment.database.sql(END_CONNECTIONS);
      await hold(10);
      const [left] = await environment.database.sql(
        `select count(*) from pg_stat_activity where usename = '${DATABASE.service}'`,
      );
      await release();
      const log = await docker(["logs", "--since", since, container], { all: true });
      const refused = log.split("\n").filter((line) => line.includes("too many connections for database")).length;
      if (left !== "0" || refused === 0)
        throw new Error(`${left ?? "?"} connections were left, and ${refused} refused`);
      observed(`no connection was left, and ${refused} were refused`);
    },
  },
];
