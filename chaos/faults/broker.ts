import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { FaultContext, Case } from "../case.ts";
import type { Task } from "../environment/swarm.ts";
import { endRepeatedly, runningTask } from "./tasks.ts";

/** Longer than ZooKeeper's session (6 s) and the time limit of a send (3 s). */
const FREEZE_SECONDS = { full: 30, fast: 12 };

/** Stops a task's Java process with its connections open. Returns a function that continues it. */
export async function freezeJava(context: FaultContext, { host, container }: Task): Promise<() => Promise<void>> {
  const { environment, until, observed } = context;
  // The container's first process only forwards signals.
  const listed = await environment.hosts.run(host, ["docker", "top", container, "-eo", "pid,comm"]);
  const pid = /^\s*(\d+)\s+java$/m.exec(listed)?.[1];
  if (pid === undefined) throw new Error(`there is no Java process in ${container} of ${host}:\n${listed}`);
  const thaw = context.undo(() => environment.hosts.run(host, ["sh", "-c", `kill -CONT ${pid} || true`]));
  await environment.hosts.run(host, ["kill", "-STOP", pid]);
  const state = await until(`process ${pid} to be stopped`, async () => {
    const status = await environment.hosts.run(host, ["cat", `/proc/${pid}/status`]);
    return /^State:\s*(T.*)$/m.exec(status)?.[1];
  });
  observed(`broker's process ${pid} on ${host}: ${state}`);
  return thaw;
}

export const brokerCases: readonly Case[] = [
  {
    name: "broker-terminated",
    family: "broker",
    description: "terminates the broker (SIGTERM) five times in a row",
    inject: (context) => endRepeatedly(context, SWARM_SERVICES.broker, "SIGTERM", context.fast ? 1 : 5),
  },
  {
    name: "broker-killed",
    family: "broker",
    description: "kills the broker (SIGKILL) five times in a row",
    fast: true,
    inject: (context) => endRepeatedly(context, SWARM_SERVICES.broker, "SIGKILL", context.fast ? 1 : 5),
  },
  {
    name: "broker-paused",
    family: "broker",
    description: `freezes the broker for ${FREEZE_SECONDS.full} s with its connections open`,
    inject: async (context) => {
      const task = await runningTask(context, SWARM_SERVICES.broker);
      const thaw = await freezeJava(context, task);
      await context.hold(context.fast ? FREEZE_SECONDS.fast : FREEZE_SECONDS.full);
      await thaw();
    },
  },
  {
    name: "zookeeper-killed",
    family: "broker",
    description: "kills ZooKeeper",
    inject: (context) => endRepeatedly(context, SWARM_SERVICES.zookeeper, "SIGKILL", 1),
  },
];
