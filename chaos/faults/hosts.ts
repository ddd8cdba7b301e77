import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { FaultContext, Case } from "../case.ts";
import { docker } from "../environment/docker.ts";
import { runningTask } from "./tasks.ts";
import { shortId, timeOf } from "./format.ts";

/** Powers a host off by killing all its processes. Returns a function that powers it on. */
async function powerOff({ environment, undo, observed }: FaultContext, host: string): Promise<() => Promise<void>> {
  const container = await environment.hosts.container(host);
  const on = undo(() => docker(["start", container]));
  await docker(["kill", container]);
  const state = await docker(["inspect", "--format", "{{.State.Status}} since {{.State.FinishedAt}}", container]);
  if (!state.startsWith("exited")) throw new Error(`${host} is still ${state}`);
  observed(`${host} has been off since ${timeOf(state)}`);
  return on;
}

/** Returns the containers of the event's running tasks. */
async function runningContainers({ environment }: FaultContext): Promise<string[]> {
  const tasks = [
    ...(await environment.swarm.tasks(SWARM_SERVICES.api)),
    ...(await environment.swarm.tasks(SWARM_SERVICES.issuer)),
  ];
  return tasks.map(({ container }) => container).sort();
}

/** Checks that the tasks from before the fault still run. */
async function checkStillRunning(context: FaultContext, before: readonly string[]): Promise<void> {
  const { environment, until, observed } = context;
  // The managers know the tasks again when all hosts have reported.
  const after = await until("the manager's answer", async () => {
    return (await environment.problems()).length === 0 && runningContainers(context);
  });
  const gone = before.filter((container) => !after.includes(container));
  if (gone.length > 0) throw new Error(`${gone.length} of ${before.length} tasks were replaced`);
  observed(`all ${before.length} tasks of the event kept running`);
}

/** Waits until the first manager refuses changes because the quorum is lost. */
async function waitForRefusal({ environment, until, observed }: FaultContext): Promise<void> {
  const change = ["docker", "node", "update", "--availability", "drain", "self"];
  const refusal = await until("the Swarm to refuse changes", async () => {
    return environment.hosts.run(HOSTS.manager, change).then(
      () => undefined,
      (error: unknown) => /does not have a leader/.exec(String(error))?.[0],
    );
  });
  observed(`a change was refused: the Swarm "${refusal}"`);
}

export const hostCases: readonly Case[] = [
  {
    name: "worker-off-and-on",
    family: "hosts",
    description: "powers the issuer's worker off until its tasks run elsewhere, then on",
    fast: true,
    inject: async (context) => {
      const { environment, until, observed } = context;
      const { host } = await runningTask(context, SWARM_SERVICES.issuer);
      const address = environment.hosts.addressOf(host);
      const count = (await environment.swarm.tasks(SWARM_SERVICES.api)).length;
      const on = await powerOff(context, host);
      await until("the load balancer to notice", async () => !(await environment.healthyTargets()).includes(address));
      const moved = await until(`the tasks of ${host} to run elsewhere`, async () => {
        const [apis, issuers] = [
          await environment.swarm.tasks(SWARM_SERVICES.api),
          await environment.swarm.tasks(SWARM_SERVICES.issuer),
        ];
        const elsewhere = [...apis, ...issuers].every((task) => task.host !== host);
        return elsewhere && apis.length === count && issuers[0];
      });
      observed(`the load balancer left ${host} out, and the issuer went to ${moved.host}`);
      await on();
    },
  },
  {
    name: "kafka-host-off-and-on",
    family: "hosts",
    description: "powers Kafka's host off and on: identity and data stay",
    inject: async (context) => {
      const { environment, until, observed } = context;
      const { host, container } = await runningTask(context, SWARM_SERVICES.broker);
      const identity = async () =>
        (await environment.hosts.run(host, ["docker", "info", "--format", "{{.Swarm.NodeID}}"])).trim();
      const [node, before] = [await identity(), await environment.written()];
      const on = await powerOff(context, host);
      await context.hold(5);
      await on();
      await until("a new broker", async () => {
        const task = await environment.swarm.task(SWARM_SERVICES.broker);
        return task !== undefined && task.container !== container;
      });
      const after = await until("the topic's end", async () => environment.written());
      const now = await identity();
      if (now !== node) throw new Error(`${host} was node ${node} of the Swarm, and is ${now}`);
      if (before === undefined || after < before)
        throw new Error(`the topic had ${before ?? "no"} records, and has ${after}`);
      observed(`node ${shortId(node)} came back; its topic had ${before} records, and has ${after}`);
    },
  },
  {
    name: "manager-restarted",
    family: "hosts",
    description: "restarts the manager: tasks keep running",
    allowedErrors: [],
    inject: async (context) => {
      const before = await runningContainers(context);
      const on = await powerOff(context, HOSTS.manager);
      await context.hold(5);
      await on();
      await checkStillRunning(context, before);
    },
  },
  {
    name: "quorum-lost-and-back",
    family: "hosts",
    description: "powers all managers but the first off and on: tasks keep running, changes are refused",
    managers: 3,
    allowedErrors: [],
    inject: async (context) => {
      const before = await runningContainers(context);
      const ons = [];
      for (const host of context.environment.hosts.managers.slice(1)) ons.push(await powerOff(context, host));
      await waitForRefusal(context);
      await context.hold(5);
      for (const on of ons) await on();
      await checkStillRunning(context, before);
    },
  },
  {
    name: "quorum-lost-for-good",
    family: "hosts",
    description: "removes all managers but the first: the next `pulumi up` keeps the Swarm and adds managers",
    managers: 3,
    allowedErrors: [],
    inject: async (context) => {
      const { environment, up, undo, observed } = context;
      const [before, swarm] = [await runningContainers(context), await environment.swarm.id()];
      const recover = undo(() => up());
      for (const host of environment.hosts.managers.slice(1))
        await docker(["rm", "--force", "--volumes", await environment.hosts.container(host)]);
      await waitForRefusal(context);
      await recover();
      const now = await environment.swarm.id();
      if (now !== swarm) throw new Error(`the Swarm was ${swarm}, and is ${now}`);
      observed(`${environment.hosts.managers.length} managers hold Swarm ${shortId(swarm)} again`);
      await checkStillRunning(context, before);
    },
  },
];
