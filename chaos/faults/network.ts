import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { FaultContext, Case } from "../case.ts";
import { runningTask } from "./tasks.ts";

/** Matches the overlay network's packets between hosts. */
const VXLAN = ["-p", "udp", "--dport", String(PORTS.swarmOverlay)];

/**
 * Drops a host's packets in both directions. The returned function ends that and records the
 * dropped ones.
 */
async function cut(
  { environment, undo, observed }: FaultContext,
  host: string,
  match: { in: readonly string[]; out: readonly string[] },
): Promise<() => Promise<void>> {
  const rules = (["in", "out"] as const).map((way) => [way === "in" ? "INPUT" : "OUTPUT", ...match[way], "-j", "DROP"]);
  const iptables = (...args: string[]) =>
    environment.hosts.run(host, ["iptables-legacy", "-w", "-t", "mangle", ...args]);
  const restore = undo(async () => {
    for (const rule of rules) await iptables("-D", ...rule).catch(() => undefined);
  });
  for (const [chain = "", ...rule] of rules) await iptables("-I", chain, ...rule);
  return async () => {
    const listed = `${await iptables("-nvxL", "INPUT", "1")}\n${await iptables("-nvxL", "OUTPUT", "1")}`;
    const [received = 0, sent = 0] = listed.split("\n").map((line) => Number(/^\s*(\d+)/.exec(line)?.[1]));
    await restore();
    // The others keep sending. A host that receives nothing may have nothing to send.
    if (received === 0) throw new Error(`no received packet was dropped at ${host}: ${listed}`);
    observed(`${host} dropped ${received} received and ${sent} sent packets`);
  };
}

export const networkCases: readonly Case[] = [
  {
    name: "network-apis-kafka",
    family: "network",
    description: "drops all overlay packets of Kafka's host for 15 s",
    fast: true,
    inject: async (context) => {
      const { host } = await runningTask(context, SWARM_SERVICES.broker);
      const restore = await cut(context, host, { in: VXLAN, out: VXLAN });
      await context.hold(context.fast ? 8 : 15);
      await restore();
    },
  },
  {
    name: "network-manager-worker",
    family: "network",
    description: "drops all packets between the manager and a worker with a task of the API",
    inject: async (context) => {
      const { environment, until, observed } = context;
      const { host } = await runningTask(context, SWARM_SERVICES.api);
      const count = (await environment.swarm.tasks(SWARM_SERVICES.api)).length;
      const manager = environment.hosts.addressOf(HOSTS.manager);
      const restore = await cut(context, host, { in: ["-s", manager], out: ["-d", manager] });
      await until(`${host} to be down`, async () => (await environment.swarm.stateOf(host)) === "down");
      await until(`the tasks of ${host} to run elsewhere`, async () => {
        const tasks = await environment.swarm.tasks(SWARM_SERVICES.api);
        return tasks.filter((task) => task.host !== host).length === count;
      });
      observed(`the Swarm counted ${host} as down and ran its tasks elsewhere`);
      await restore();
    },
  },
];
