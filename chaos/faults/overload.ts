import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { docker } from "../environment/docker.ts";
import type { FaultContext, Case } from "../case.ts";
import { replaceTasks } from "./api.ts";
import { delayPort } from "./delay.ts";
import { runningTask } from "./tasks.ts";

/**
 * Limit of pending requests for each task, instead of 10,000. The default exceeds the connections
 * of the local load balancer. With delayed acknowledgements the limit bounds the stack, and not
 * this machine's processors, which also run the users.
 */
const MAX_PENDING = 25;
const LATENCY_MS = 150;
/**
 * A rejected user returns after a second, so a surplus request a second takes one user, and a fifth
 * more.
 */
const USERS_PER_SURPLUS = 1.2;

/**
 * Adds users and measures the stack for some seconds. `leave` removes these users. Rates are per
 * second.
 */
async function measureWith({ load, hold, fast }: FaultContext, users: number) {
  const leave = load.addUsers(users);
  await hold(3);
  const from = Date.now();
  await hold(fast ? 5 : 15);
  const answers = load.answers.filter(({ endedAt }) => endedAt >= from);
  const seconds = (Date.now() - from) / 1_000;
  const taken = answers.filter(({ status }) => status === 202);
  return {
    leave,
    offered: Math.round(answers.length / seconds),
    accepted: Math.round(taken.length / seconds),
    slowestMs: Math.max(...taken.map(({ sentAt, endedAt }) => endedAt - sentAt)),
  };
}

const containers = async ({ environment }: FaultContext) =>
  (await environment.swarm.tasks(SWARM_SERVICES.api)).map(({ container }) => container).sort();

export const overloadCases: readonly Case[] = [
  {
    name: "overload",
    family: "API",
    description: "doubles the load that the stack can take: the surplus gets 503 with Retry-After",
    allowedErrors: ["503 with Retry-After"],
    inject: async (context) => {
      const { environment, load, undo, until, observed } = context;
      const broker = await runningTask(context, SWARM_SERVICES.broker);
      const host = await docker([
        "inspect",
        "--format",
        "{{.State.Pid}}",
        await environment.hosts.container(broker.host),
      ]);
      const network = `/proc/${host}/root/proc/${broker.pid}/ns/net`;
      const delayed = await delayPort(context, { network, port: PORTS.brokerInternal, ms: LATENCY_MS });
      const restoreLimit = undo(() => environment.swarm.update(SWARM_SERVICES.api, ["--env-rm", "MAX_PENDING"]));
      const tasks = await replaceTasks(context, () =>
        environment.swarm.update(SWARM_SERVICES.api, ["--env-add", `MAX_PENDING=${MAX_PENDING}`]),
      );
      const before = await containers(context);

      const full = await measureWith(context, 2 * tasks * MAX_PENDING);
      await full.leave();
      const over = await measureWith(context, Math.round(tasks * MAX_PENDING + USERS_PER_SURPLUS * full.accepted));
      const memory = await Promise.all(
        (await environment.swarm.tasks(SWARM_SERVICES.api)).map(({ host: on, container }) =>
          environment.hosts.run(on, ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]),
        ),
      );
      await over.leave();
      if (over.offered < 2 * full.accepted)
        throw new Error(`only ${over.offered} requests a second were sent, and ${full.accepted} can be accepted`);
      if (over.accepted < full.accepted / 2)
        throw new Error(
          `of ${over.offered} requests a second ${over.accepted} were accepted, and ${full.accepted} of fewer`,
        );
      const after = await containers(context);
      if (after.join() !== before.join()) throw new Error("not all tasks of the API kept running");
      observed(
        `holding ${tasks * MAX_PENDING}, the stack accepted ${full.accepted} a second at most; of ${over.offered} a second it accepted ${over.accepted}, the slowest after ${over.slowestMs} ms, and no task ended: ${memory.map((line) => line.trim()).join(", ")}`,
      );

      const calmAt = Date.now();
      const goal = load.accepted + tasks * MAX_PENDING;
      await until("accepted requests", () => load.accepted >= goal);
      const late = load.answers.filter(({ sentAt, status }) => sentAt >= calmAt && status !== 202);
      if (late.length > 0) throw new Error(`${late.length} requests were rejected after the added users had left`);

      // The new tasks get fast connections before the delayed ones end.
      await delayed.pass();
      await replaceTasks(context, restoreLimit);
      await delayed.end();
    },
  },
];
