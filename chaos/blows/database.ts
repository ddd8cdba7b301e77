import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Blow, Case } from "../case.ts";
import { docker } from "../environment.ts";

const PORT = "5432";
/** Where the delay stands in the server's network. */
const PROXY_PORT = "15432";
/** Each way: an answer takes at least twice as long. */
const LATENCY_MS = 200;

/** Ends the connections of the services: they come back at once. */
const END_CONNECTIONS = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'gifticon'";

/**
 * Delays what comes to the database and what it answers, from its next connections on. (The kernel's own delay, netem, is no part of many machines'
 * kernels.) Returns what ends that, and proves that something was delayed.
 */
async function slowDown({ environment, undo, proof }: Blow): Promise<() => Promise<void>> {
  const container = await environment.service("database");
  const pid = await docker(["inspect", "--format", "{{.State.Pid}}", container]);
  const inside = (command: readonly string[]) => ["--target", pid, "--net", "--", ...command];
  const redirect = ["PREROUTING", "-p", "tcp", "--dport", PORT, "-j", "REDIRECT", "--to-ports", PROXY_PORT];
  const iptables = (...args: string[]) =>
    execa("nsenter", inside(["iptables-legacy", "-w", "-t", "nat", ...args]), { detached: true });
  const script = fileURLToPath(new URL("delay-proxy.ts", import.meta.url));
  const proxy = execa(
    "nsenter",
    inside([process.execPath, script, PROXY_PORT, PORT, String(LATENCY_MS)]),
    // Ended by the end of its standard input, and so also when this process dies.
    { detached: true, stdin: "pipe", reject: false },
  );
  const end = undo(async () => {
    await iptables("-D", ...redirect).catch(() => undefined);
    proxy.stdin.end();
    await proxy;
    await environment.sql(END_CONNECTIONS);
  });
  // It says that it listens, or ends.
  await Promise.race([once(proxy.stdout, "data"), proxy]);
  await iptables("-A", ...redirect);
  await environment.sql(END_CONNECTIONS);
  return async () => {
    await end();
    const [pieces = 0, connections = 0] = ((await proxy).stdout.split("\n").at(-1) ?? "").split(" ").map(Number);
    if (!(pieces > 0)) throw new Error(`nothing was delayed: ${(await proxy).stdout} ${(await proxy).stderr}`);
    proof(`${pieces} pieces of ${connections} connections to the database came ${LATENCY_MS} ms late`);
  };
}

const startedAt = "select pg_postmaster_start_time()";

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
      proof(`the database's server started at ${before}, and anew at ${after}`);
    },
  },
  {
    name: "database-slow",
    family: "database",
    what: `everything to and from the database comes ${LATENCY_MS} ms late`,
    strike: async (blow) => {
      const end = await slowDown(blow);
      await blow.last(blow.fast ? 8 : 20);
      await end();
    },
  },
  {
    name: "database-connections-exhausted",
    family: "database",
    what: "the database hands out no connection",
    strike: async ({ environment, undo, last, proof }) => {
      const container = await environment.service("database");
      const limit = (connections: number) => environment.sql(`alter database gifticon connection limit ${connections}`);
      const release = undo(() => limit(-1));
      const since = new Date().toISOString();
      // The same error as without a free connection (53300); the server's own user is let in all the same, and can undo it.
      await limit(0);
      await environment.sql(END_CONNECTIONS);
      await last(10);
      const [left] = await environment.sql("select count(*) from pg_stat_activity where usename = 'gifticon'");
      await release();
      const log = await docker(["logs", "--since", since, container], { all: true });
      const refused = log.split("\n").filter((line) => line.includes("too many connections for database")).length;
      if (left !== "0" || refused === 0)
        throw new Error(`${left ?? "?"} connections were left, and ${refused} refused`);
      proof(`no connection was left, and ${refused} were refused`);
    },
  },
];
