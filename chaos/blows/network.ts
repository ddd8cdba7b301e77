import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Blow, Case } from "../case.ts";
import { runningTask } from "./tasks.ts";

/** The overlay network's packets between hosts. */
const VXLAN = ["-p", "udp", "--dport", String(PORTS.swarmOverlay)];

/** Drops packets at a host, both ways; returns what lets them pass again, which proves that some were dropped. */
async function cut(
  { environment, undo, proof }: Blow,
  host: string,
  match: { in: readonly string[]; out: readonly string[] },
): Promise<() => Promise<void>> {
  const rules = (["in", "out"] as const).map((way) => [way === "in" ? "INPUT" : "OUTPUT", ...match[way], "-j", "DROP"]);
  const iptables = (...args: string[]) => environment.on(host, ["iptables-legacy", "-w", "-t", "mangle", ...args]);
  const mend = undo(async () => {
    for (const rule of rules) await iptables("-D", ...rule).catch(() => undefined);
  });
  for (const [chain = "", ...rule] of rules) await iptables("-I", chain, ...rule);
  return async () => {
    const listed = `${await iptables("-nvxL", "INPUT", "1")}\n${await iptables("-nvxL", "OUTPUT", "1")}`;
    const [received = 0, sent = 0] = listed.split("\n").map((line) => Number(/^\s*(\d+)/.exec(line)?.[1]));
    await mend();
    if (!(received > 0 && sent > 0)) throw new Error(`nothing was dropped at ${host}: ${listed}`);
    proof(`${host} dropped ${received} packets that came and ${sent} that it sent`);
  };
}

export const networkCases: readonly Case[] = [
  {
    name: "network-apis-kafka",
    family: "network",
    what: "no packet passes between the overlay networks of Kafka's host and of the others, for 15 s",
    fast: true,
    strike: async (blow) => {
      const { host } = await runningTask(blow, SWARM_SERVICES.broker);
      const mend = await cut(blow, host, { in: VXLAN, out: VXLAN });
      await blow.last(blow.fast ? 8 : 15);
      await mend();
    },
  },
  {
    name: "network-manager-worker",
    family: "network",
    what: "no packet passes between the manager and a worker with a copy of the API, until its tasks run elsewhere",
    strike: async (blow) => {
      const { environment, until, proof } = blow;
      const { host } = await runningTask(blow, SWARM_SERVICES.api);
      const copies = (await environment.tasks(SWARM_SERVICES.api)).length;
      const manager = environment.addressOf(HOSTS.manager);
      const mend = await cut(blow, host, { in: ["-s", manager], out: ["-d", manager] });
      await until(`${host} to be down`, async () => (await environment.stateOf(host)) === "down");
      await until(`the tasks of ${host} to run elsewhere`, async () => {
        const tasks = await environment.tasks(SWARM_SERVICES.api);
        return tasks.filter((task) => task.host !== host).length === copies;
      });
      proof(`the Swarm counted ${host} as down, and ran its tasks elsewhere`);
      await mend();
    },
  },
];
