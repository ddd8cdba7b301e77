import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Blow, Case } from "../case.ts";
import type { Task } from "../environment.ts";
import { endInARow, runningTask } from "./tasks.ts";

/** Longer than ZooKeeper keeps the broker's registration (6 s), and than a send may take (3 s). */
const FREEZE_SECONDS = { full: 30, fast: 12 };

/** Stops a task's Java process where it is, connections and all, and returns what lets it go on. */
export async function freezeJava(blow: Blow, { host, container }: Task): Promise<() => Promise<void>> {
  const { environment, until, proof } = blow;
  // Not the container's first process, which only passes signals on.
  const listed = await environment.on(host, ["docker", "top", container, "-eo", "pid,comm"]);
  const pid = /^\s*(\d+)\s+java$/m.exec(listed)?.[1];
  if (pid === undefined) throw new Error(`there is no Java process in ${container} of ${host}:\n${listed}`);
  const thaw = blow.undo(() => environment.on(host, ["sh", "-c", `kill -CONT ${pid} || true`]));
  await environment.on(host, ["kill", "-STOP", pid]);
  const state = await until(`process ${pid} to be stopped`, async () => {
    const status = await environment.on(host, ["cat", `/proc/${pid}/status`]);
    return /^State:\s*(T.*)$/m.exec(status)?.[1];
  });
  proof(`broker's process ${pid} on ${host}: ${state}`);
  return thaw;
}

export const brokerCases: readonly Case[] = [
  {
    name: "broker-terminated",
    family: "broker",
    what: "the broker is asked to end (SIGTERM), five times in a row",
    strike: (blow) => endInARow(blow, SWARM_SERVICES.broker, "SIGTERM", blow.fast ? 1 : 5),
  },
  {
    name: "broker-killed",
    family: "broker",
    what: "the broker is killed (SIGKILL), five times in a row",
    fast: true,
    strike: (blow) => endInARow(blow, SWARM_SERVICES.broker, "SIGKILL", blow.fast ? 1 : 5),
  },
  {
    name: "broker-paused",
    family: "broker",
    what: `the broker freezes for ${FREEZE_SECONDS.full} s, its connections open`,
    strike: async (blow) => {
      const task = await runningTask(blow, SWARM_SERVICES.broker);
      const thaw = await freezeJava(blow, task);
      await blow.last(blow.fast ? FREEZE_SECONDS.fast : FREEZE_SECONDS.full);
      await thaw();
    },
  },
  {
    name: "zookeeper-killed",
    family: "broker",
    what: "ZooKeeper is killed",
    strike: (blow) => endInARow(blow, SWARM_SERVICES.zookeeper, "SIGKILL", 1),
  },
];
