import { PATHS } from "@gifticon/contract/facts/http.ts";
import { METRICS } from "@gifticon/contract/facts/metrics.ts";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { readSeries } from "@gifticon/load-agent/series.ts";
import type { Case } from "../case.ts";
import type { Environment } from "../environment/environment.ts";
import type { Task } from "../environment/swarm.ts";
import { endRepeatedly, runningTask } from "./tasks.ts";

/** Returns how many gifticons a task of the issuer has issued, by its own metrics. */
async function issuedBy(environment: Environment, { host, container }: Task): Promise<number> {
  const ask = `fetch("http://127.0.0.1:${PORTS.issuer}${PATHS.metrics}").then((answer) => answer.text()).then(console.log)`;
  const text = await environment.hosts.run(host, ["docker", "exec", container, "node", "--eval", ask]);
  return readSeries(text, METRICS.records, "outcome")["issued"] ?? 0;
}

export const issuerCases: readonly Case[] = [
  {
    name: "issuer-killed",
    family: "issuer",
    description: "kills the issuer (SIGKILL) three times in a row",
    fast: true,
    inject: (context) => endRepeatedly(context, SWARM_SERVICES.issuer, "SIGKILL", context.fast ? 1 : 3),
  },
  {
    name: "issuers-two",
    family: "issuer",
    description: "adds a second issuer and kills the active one: the group rebalances",
    inject: async (context) => {
      const { environment, until, undo, observed } = context;
      const first = await runningTask(context, SWARM_SERVICES.issuer);
      const one = undo(() => environment.swarm.scale(SWARM_SERVICES.issuer, 1));
      await environment.swarm.scale(SWARM_SERVICES.issuer, 2);
      const second = await until("a second issuer", async () => {
        const tasks = await environment.swarm.tasks(SWARM_SERVICES.issuer);
        return tasks.length === 2 && tasks.find(({ container }) => container !== first.container);
      });
      // The rebalance gives the partition to either of them.
      const both = [first, second];
      const before = await Promise.all(both.map((task) => issuedBy(environment, task)));
      const reader = await until("one of both to issue", async () => {
        const now = await Promise.all(both.map((task) => issuedBy(environment, task)));
        return both.find((_, index) => (now[index] ?? 0) > (before[index] ?? 0));
      });
      const other = reader === first ? second : first;
      const otherIssued = await issuedBy(environment, other);
      await environment.hosts.run(reader.host, ["docker", "kill", "--signal", "SIGKILL", reader.container]);
      // The partition goes to the other issuer or to the replacement of the killed one.
      const successor = await until("another one to issue", async () => {
        for (const task of await environment.swarm.tasks(SWARM_SERVICES.issuer)) {
          if (task.container === reader.container) continue;
          const before = task.container === other.container ? otherIssued : 0;
          if ((await issuedBy(environment, task)) > before) return task;
        }
        return undefined;
      });
      const which = successor.container === other.container ? "the other one" : "its replacement";
      observed(`the active issuer on ${reader.host} was killed, and ${which} on ${successor.host} issued`);
      await one();
    },
  },
];
