import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Blow, Case } from "../case.ts";
import { freezeJava } from "./broker.ts";
import { runningTask } from "./tasks.ts";

const AHEAD_MS = 5 * 60_000;

/** Changes all copies of the API, and waits until others run in their place; returns how many there were. */
export async function renewAll({ environment, until }: Blow, change: () => Promise<void>): Promise<number> {
  const before = new Set((await environment.tasks(SWARM_SERVICES.api)).map(({ container }) => container));
  await change();
  await until("the end of the update", async () => {
    const tasks = await environment.tasks(SWARM_SERVICES.api);
    return (
      tasks.length === before.size &&
      tasks.every(({ container }) => !before.has(container)) &&
      (await environment.updateOf(SWARM_SERVICES.api)) === "completed"
    );
  });
  return before.size;
}

export const apiCases: readonly Case[] = [
  {
    name: "api-killed",
    family: "API",
    what: "a copy of the API is killed while it waits for the broker's acknowledgement",
    fast: true,
    strike: async (blow) => {
      const { environment, load, until, proof } = blow;
      const broker = await runningTask(blow, SWARM_SERVICES.broker);
      const copies = await environment.tasks(SWARM_SERVICES.api);
      const [task] = copies;
      if (task === undefined) throw new Error(`there is no ${SWARM_SERVICES.api}`);
      // For an instant nothing is acknowledged, so that sends are in flight for certain.
      const thaw = await freezeJava(blow, broker);
      const underWay = await until("requests that wait", () => load.underWay > 0 && load.underWay);
      await environment.on(task.host, ["docker", "kill", "--signal", "SIGKILL", task.container]);
      await thaw();
      proof(`${SWARM_SERVICES.api} on ${task.host} (process ${task.pid}) was killed while ${underWay} requests waited`);
      await until("a copy in its place", async () => {
        const tasks = await environment.tasks(SWARM_SERVICES.api);
        return tasks.length === copies.length && tasks.every(({ container }) => container !== task.container);
      });
    },
  },
  {
    name: "api-rolling-update",
    family: "API",
    what: "all copies of the API are replaced, one after the other",
    only: [],
    strike: async (blow) => {
      const copies = await renewAll(blow, () => blow.environment.update(SWARM_SERVICES.api, ["--force"]));
      blow.proof(`${copies} copies are gone, and others run in their place`);
    },
  },
  {
    name: "clock-off",
    family: "API",
    what: "the clock of the API's copies is 5 minutes ahead of everyone else's",
    only: [],
    strike: async (blow) => {
      const { environment, until, undo, proof } = blow;
      // The hosts of the local cloud share the machine's clock: what is put forward is the clock that the processes see.
      const shift = `const { now } = Date; Date.now = () => now() + ${AHEAD_MS};`;
      const right = undo(() => environment.update(SWARM_SERVICES.api, ["--env-rm", "NODE_OPTIONS"]));
      const options = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
      await renewAll(blow, () => environment.update(SWARM_SERVICES.api, ["--env-add", `NODE_OPTIONS=${options}`]));
      const ahead = await until("requests that were decided before they were asked for", async () => {
        const [count] = await environment.sql(
          "select count(*) from gifticon_request where requested_at > decided_at + interval '4 minutes'",
        );
        return Number(count) > 0 && count;
      });
      proof(`${ahead} requests were decided minutes before they were asked for, by the clock of the API`);
      await right();
    },
  },
];
