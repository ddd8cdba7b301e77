import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Blow, Case } from "../case.ts";
import { docker } from "../environment.ts";
import { runningTask } from "./tasks.ts";
import { short, timeIn } from "./evidence.ts";

/** Takes a host's power away, as it were: nothing in it ends by itself. Returns what gives it back. */
async function powerOff({ environment, undo, proof }: Blow, host: string): Promise<() => Promise<void>> {
  const container = await environment.host(host);
  const on = undo(() => docker(["start", container]));
  await docker(["kill", container]);
  const state = await docker(["inspect", "--format", "{{.State.Status}} since {{.State.FinishedAt}}", container]);
  if (!state.startsWith("exited")) throw new Error(`${host} is still ${state}`);
  proof(`${host} is off since ${timeIn(state)}`);
  return on;
}

/** The containers of the event's services. */
async function runningTasks({ environment }: Blow): Promise<string[]> {
  const tasks = [...(await environment.tasks(SWARM_SERVICES.api)), ...(await environment.tasks(SWARM_SERVICES.issuer))];
  return tasks.map(({ container }) => container).sort();
}

/** Sees that the same tasks run as before the fault. */
async function wentOn(blow: Blow, before: readonly string[]): Promise<void> {
  const { environment, until, proof } = blow;
  // Only when the managers have heard of all hosts again they know what goes on there.
  const after = await until("the manager's answer", async () => {
    return (await environment.complaints()).length === 0 && runningTasks(blow);
  });
  const gone = before.filter((container) => !after.includes(container));
  if (gone.length > 0) throw new Error(`${gone.length} of ${before.length} tasks did not go on`);
  proof(`all ${before.length} tasks of the event went on`);
}

/** Waits until the first manager refuses changes, as most managers are away. */
async function refusesChanges({ environment, until, proof }: Blow): Promise<void> {
  const change = ["docker", "node", "update", "--availability", "drain", "self"];
  const refusal = await until("the Swarm to refuse changes", async () => {
    return environment.on(HOSTS.manager, change).then(
      () => undefined,
      (error: unknown) => /does not have a leader/.exec(String(error))?.[0],
    );
  });
  proof(`a change was refused: the Swarm "${refusal}"`);
}

export const hostCases: readonly Case[] = [
  {
    name: "worker-off-and-on",
    family: "hosts",
    what: "the worker with the issuer is powered off until its tasks run elsewhere, and on again",
    fast: true,
    strike: async (blow) => {
      const { environment, until, proof } = blow;
      const { host } = await runningTask(blow, SWARM_SERVICES.issuer);
      const address = environment.addressOf(host);
      const copies = (await environment.tasks(SWARM_SERVICES.api)).length;
      const on = await powerOff(blow, host);
      await until("the load balancer to notice", async () => !(await environment.healthyTargets()).includes(address));
      const moved = await until(`the tasks of ${host} to run elsewhere`, async () => {
        const [apis, issuers] = [
          await environment.tasks(SWARM_SERVICES.api),
          await environment.tasks(SWARM_SERVICES.issuer),
        ];
        const elsewhere = [...apis, ...issuers].every((task) => task.host !== host);
        return elsewhere && apis.length === copies && issuers[0];
      });
      proof(`the load balancer left ${host} out, and the issuer went to ${moved.host}`);
      await on();
    },
  },
  {
    name: "kafka-host-off-and-on",
    family: "hosts",
    what: "Kafka's host is powered off and on: same identity, same data",
    strike: async (blow) => {
      const { environment, until, proof } = blow;
      const { host, container } = await runningTask(blow, SWARM_SERVICES.broker);
      const identity = async () =>
        (await environment.on(host, ["docker", "info", "--format", "{{.Swarm.NodeID}}"])).trim();
      const [node, before] = [await identity(), await environment.written()];
      const on = await powerOff(blow, host);
      await blow.last(5);
      await on();
      await until("a new broker", async () => {
        const task = await environment.task(SWARM_SERVICES.broker);
        return task !== undefined && task.container !== container;
      });
      const after = await until("the topic's end", async () => environment.written());
      const now = await identity();
      if (now !== node) throw new Error(`${host} was node ${node} of the Swarm, and is ${now}`);
      if (before === undefined || after < before)
        throw new Error(`the topic had ${before ?? "no"} records, and has ${after}`);
      proof(`node ${short(node)} came back; its topic had ${before} records, and has ${after}`);
    },
  },
  {
    name: "manager-restarted",
    family: "hosts",
    what: "the manager is restarted: what runs goes on",
    only: [],
    strike: async (blow) => {
      const before = await runningTasks(blow);
      const on = await powerOff(blow, HOSTS.manager);
      await blow.last(5);
      await on();
      await wentOn(blow, before);
    },
  },
  {
    name: "quorum-lost-and-back",
    family: "hosts",
    what: "all managers but the first are powered off and on: what runs goes on, and nothing can be changed meanwhile",
    managers: 3,
    only: [],
    strike: async (blow) => {
      const before = await runningTasks(blow);
      const ons = [];
      for (const host of blow.environment.managers.slice(1)) ons.push(await powerOff(blow, host));
      await refusesChanges(blow);
      await blow.last(5);
      for (const on of ons) await on();
      await wentOn(blow, before);
    },
  },
  {
    name: "quorum-lost-for-good",
    family: "hosts",
    what: "all managers but the first are gone for good: the next `pulumi up` goes on with the one that is left, and makes others",
    managers: 3,
    only: [],
    strike: async (blow) => {
      const { environment, up, undo, proof } = blow;
      const [before, swarm] = [await runningTasks(blow), await environment.swarmId()];
      const recover = undo(() => up());
      for (const host of environment.managers.slice(1))
        await docker(["rm", "--force", "--volumes", await environment.host(host)]);
      await refusesChanges(blow);
      await recover();
      const now = await environment.swarmId();
      if (now !== swarm) throw new Error(`the Swarm was ${swarm}, and is ${now}`);
      proof(`${environment.managers.length} managers hold Swarm ${short(swarm)} again`);
      await wentOn(blow, before);
    },
  },
];
