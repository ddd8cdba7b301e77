import type { Case } from "../case.ts";
import { freezeJava } from "./broker.ts";
import { runningTask } from "./tasks.ts";

const API = "gifticon_main-api";

export const apiCases: readonly Case[] = [
  {
    name: "api-killed",
    family: "API",
    what: "a copy of the API is killed while it waits for the broker's acknowledgement",
    fast: true,
    strike: async (blow) => {
      const { environment, load, until, proof } = blow;
      const broker = await runningTask(blow, "kafka_kafka");
      const task = await runningTask(blow, API);
      // For an instant nothing is acknowledged, so that sends are in flight for certain.
      const thaw = await freezeJava(blow, broker);
      const underWay = await until("requests that wait", () => load.underWay > 0 && load.underWay);
      await environment.on(task.host, ["docker", "kill", "--signal", "SIGKILL", task.container]);
      await thaw();
      proof(`${API} on ${task.host} (process ${task.pid}) was killed while ${underWay} requests waited`);
      await until("a copy in its place", async () => {
        const tasks = await environment.tasks(API);
        return tasks.length === 4 && tasks.every(({ container }) => container !== task.container);
      });
    },
  },
  {
    name: "api-rolling-update",
    family: "API",
    what: "all copies of the API are replaced, one after the other",
    unnoticed: true,
    strike: async ({ environment, until, proof }) => {
      const before = await environment.tasks(API);
      await environment.update(API, ["--force"]);
      const after = await until("the end of the update", async () => {
        const tasks = await environment.tasks(API);
        const old = tasks.filter(({ container }) => before.some((task) => task.container === container));
        return old.length === 0 && (await environment.updateOf(API)) === "completed" && tasks;
      });
      proof(`${before.length} copies are gone, and ${after.length} others run`);
    },
  },
];
