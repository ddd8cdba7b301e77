import type { Case } from "../case.ts";
import { docker } from "../environment.ts";

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
];
