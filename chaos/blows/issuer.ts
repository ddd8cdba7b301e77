import { PATHS } from "@gifticon/contract/facts/http.ts";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { readSeries } from "@gifticon/load-agent/series.ts";
import type { Case } from "../case.ts";
import type { Environment, Task } from "../environment.ts";
import { endInARow, runningTask } from "./tasks.ts";

/** How many gifticons a copy of the issuer has issued, as it counts them itself. */
async function issuedBy(environment: Environment, { host, container }: Task): Promise<number> {
  const ask = `fetch("http://127.0.0.1:${PORTS.issuer}${PATHS.metrics}").then((answer) => answer.text()).then(console.log)`;
  const text = await environment.on(host, ["docker", "exec", container, "node", "--eval", ask]);
  return readSeries(text, METRICS.records, "outcome")["issued"] ?? 0;
}

export const issuerCases: readonly Case[] = [
  {
    name: "issuer-killed",
    family: "issuer",
    what: "the issuer is killed (SIGKILL), three times in a row",
    fast: true,
    strike: (blow) => endInARow(blow, SWARM_SERVICES.issuer, "SIGKILL", blow.fast ? 1 : 3),
  },
  {
    name: "issuers-two",
    family: "issuer",
    what: "a second issuer comes, and the one that reads is killed: the group is rebalanced",
    strike: async (blow) => {
      const { environment, until, undo, proof } = blow;
      const first = await runningTask(blow, SWARM_SERVICES.issuer);
      const one = undo(() => environment.scale(SWARM_SERVICES.issuer, 1));
      await environment.scale(SWARM_SERVICES.issuer, 2);
      const second = await until("a second issuer", async () => {
        const tasks = await environment.tasks(SWARM_SERVICES.issuer);
        return tasks.length === 2 && tasks.find(({ container }) => container !== first.container);
      });
      // Its coming makes the group share the partition anew, and either may get it.
      const both = [first, second];
      const before = await Promise.all(both.map((task) => issuedBy(environment, task)));
      const reader = await until("one of both to issue", async () => {
        const now = await Promise.all(both.map((task) => issuedBy(environment, task)));
        return both.find((_, index) => (now[index] ?? 0) > (before[index] ?? 0));
      });
      const other = reader === first ? second : first;
      const unread = await issuedBy(environment, other);
      await environment.on(reader.host, ["docker", "kill", "--signal", "SIGKILL", reader.container]);
      // The group may give the partition to the one that was there, or to the one that comes for the killed.
      const heir = await until("another one to issue", async () => {
        for (const task of await environment.tasks(SWARM_SERVICES.issuer)) {
          if (task.container === reader.container) continue;
          const before = task.container === other.container ? unread : 0;
          if ((await issuedBy(environment, task)) > before) return task;
        }
        return undefined;
      });
      const came = heir.container === other.container ? "the other one" : "the one in its place";
      proof(`the issuer that read, on ${reader.host}, was killed, and ${came}, on ${heir.host}, issued`);
      await one();
    },
  },
];
