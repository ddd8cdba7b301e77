import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { docker } from "../environment.ts";
import type { Blow, Case } from "../case.ts";
import { renewAll } from "./api.ts";
import { delayPort } from "./delay.ts";
import { runningTask } from "./tasks.ts";

/**
 * What a copy of the API may hold, instead of 10,000: all copies together hold more than the load balancer of the local cloud has connections for. And every
 * acknowledgement of the broker comes late, so that what the copies hold bounds the stack, and not this machine's processors, which play the crowd as well.
 */
const HELD = 25;
const LATENCY_MS = 150;
/** Who is turned away comes again after a second: so many users for each request a second that is too many, with a fifth on top. */
const USERS_PER_SURPLUS = 1.2;

/** Lets a crowd of so many users come; returns what the load saw of the stack for some seconds, as requests a second, and what sends the crowd away. */
async function crowd({ load, last, fast }: Blow, users: number) {
  const leave = load.crowd(users);
  await last(3);
  const from = Date.now();
  await last(fast ? 5 : 15);
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

const containers = async ({ environment }: Blow) =>
  (await environment.tasks(SWARM_SERVICES.api)).map(({ container }) => container).sort();

export const overloadCases: readonly Case[] = [
  {
    name: "overload",
    family: "API",
    what: "twice the load that the stack holds: the surplus is turned away, and told when to come again",
    only: ["503 with Retry-After"],
    strike: async (blow) => {
      const { environment, load, undo, until, proof } = blow;
      const broker = await runningTask(blow, SWARM_SERVICES.broker);
      const host = await docker(["inspect", "--format", "{{.State.Pid}}", await environment.host(broker.host)]);
      const network = `/proc/${host}/root/proc/${broker.pid}/ns/net`;
      const delayed = await delayPort(blow, { network, port: PORTS.brokerInternal, ms: LATENCY_MS });
      const right = undo(() => environment.update(SWARM_SERVICES.api, ["--env-rm", "MAX_PENDING"]));
      const copies = await renewAll(blow, () =>
        environment.update(SWARM_SERVICES.api, ["--env-add", `MAX_PENDING=${HELD}`]),
      );
      const before = await containers(blow);

      const full = await crowd(blow, 2 * copies * HELD);
      await full.leave();
      const over = await crowd(blow, Math.round(copies * HELD + USERS_PER_SURPLUS * full.accepted));
      const memory = await Promise.all(
        (await environment.tasks(SWARM_SERVICES.api)).map(({ host: on, container }) =>
          environment.on(on, ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]),
        ),
      );
      await over.leave();
      if (over.offered < 2 * full.accepted)
        throw new Error(`only ${over.offered} requests a second came, and ${full.accepted} could be accepted`);
      if (over.accepted < full.accepted / 2)
        throw new Error(
          `of ${over.offered} requests a second ${over.accepted} were accepted, and ${full.accepted} of fewer`,
        );
      const after = await containers(blow);
      if (after.join() !== before.join()) throw new Error("not all copies of the API came through");
      proof(
        `holding ${copies * HELD}, the stack accepted ${full.accepted} a second at most; of ${over.offered} a second it accepted ${over.accepted}, the slowest after ${over.slowestMs} ms, and no copy ended: ${memory.map((line) => line.trim()).join(", ")}`,
      );

      const calmAt = Date.now();
      const goal = load.accepted + copies * HELD;
      await until("accepted requests", () => load.accepted >= goal);
      const late = load.answers.filter(({ sentAt, status }) => sentAt >= calmAt && status !== 202);
      if (late.length > 0) throw new Error(`${late.length} requests were turned away when the crowd had left`);

      // The copies that come now have quick connections, before the slow ones end.
      await delayed.pass();
      await renewAll(blow, right);
      await delayed.end();
    },
  },
];
