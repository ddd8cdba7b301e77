import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { FaultContext, Case } from "../case.ts";
import { freezeJava } from "./broker.ts";
import { runningTask } from "./tasks.ts";

const AHEAD_MS = 5 * 60_000;

/**
 * Applies a change that replaces all tasks of the API, and waits for the new ones. Returns their
 * number.
 */
export async function replaceTasks({ environment, until }: FaultContext, change: () => Promise<void>): Promise<number> {
  const before = new Set((await environment.swarm.tasks(SWARM_SERVICES.api)).map(({ container }) => container));
  await change();
  await until("the end of the update", async () => {
    const tasks = await environment.swarm.tasks(SWARM_SERVICES.api);
    return (
      tasks.length === before.size &&
      tasks.every(({ container }) => !before.has(container)) &&
      (await environment.swarm.updateOf(SWARM_SERVICES.api)) === "completed"
    );
  });
  return before.size;
}

export const apiCases: readonly Case[] = [
  {
    name: "api-killed",
    family: "API",
    description: "kills a task of the API that waits for the broker's acknowledgement",
    fast: true,
    inject: async (context) => {
      const { environment, load, until, observed } = context;
      const broker = await runningTask(context, SWARM_SERVICES.broker);
      const before = await environment.swarm.tasks(SWARM_SERVICES.api);
      const [task] = before;
      if (task === undefined) throw new Error(`there is no ${SWARM_SERVICES.api}`);
      // While the broker is frozen, sends stay in flight.
      const thaw = await freezeJava(context, broker);
      const inFlight = await until("requests in flight", () => load.inFlight > 0 && load.inFlight);
      await environment.hosts.run(task.host, ["docker", "kill", "--signal", "SIGKILL", task.container]);
      await thaw();
      observed(
        `${SWARM_SERVICES.api} on ${task.host} (process ${task.pid}) was killed while ${inFlight} requests waited`,
      );
      await until("a new task", async () => {
        const tasks = await environment.swarm.tasks(SWARM_SERVICES.api);
        return tasks.length === before.length && tasks.every(({ container }) => container !== task.container);
      });
    },
  },
  {
    name: "api-rolling-update",
    family: "API",
    description: "replaces all tasks of the API, one after the other",
    allowedErrors: [],
    inject: async (context) => {
      const count = await replaceTasks(context, () =>
        context.environment.swarm.update(SWARM_SERVICES.api, ["--force"]),
      );
      context.observed(`${count} tasks were replaced`);
    },
  },
  {
    name: "clock-off",
    family: "API",
    description: "sets the clock of the API's tasks 5 minutes ahead",
    allowedErrors: [],
    inject: async (context) => {
      const { environment, until, undo, observed } = context;
      // All hosts share the machine's clock, so only the clock that the processes see is changed.
      const shift = `const { now } = Date; Date.now = () => now() + ${AHEAD_MS};`;
      const restoreClock = undo(() => environment.swarm.update(SWARM_SERVICES.api, ["--env-rm", "NODE_OPTIONS"]));
      const options = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
      await replaceTasks(context, () =>
        environment.swarm.update(SWARM_SERVICES.api, ["--env-add", `NODE_OPTIONS=${options}`]),
      );
      const ahead = await until("requests that were decided before they were sent", async () => {
        const [count] = await environment.database.sql(
          "select count(*) from gifticon_request where requested_at > decided_at + interval '4 minutes'",
        );
        return Number(count) > 0 && count;
      });
      observed(`${ahead} requests were decided minutes before they were sent, by the clock of the API`);
      await restoreClock();
    },
  },
];
