import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Case } from "../case.ts";
import { docker } from "../environment.ts";
import { runningTask } from "./tasks.ts";
import { short } from "./evidence.ts";

export const replacementCases: readonly Case[] = [
  {
    name: "workers-replaced",
    family: "hosts",
    what: "the hosts of all workers are replaced by `pulumi up`, as another `hosts.generation` does",
    only: [],
    strike: async ({ environment, up, proof }) => {
      const workers = environment.hosts.filter((host) => host.startsWith("worker-"));
      const containers = () => Promise.all(workers.map((worker) => environment.host(worker)));
      const before = await containers();
      await up(workers.flatMap((worker) => ["--replace", `**aws:ec2/instance:Instance::${worker}`]));
      const kept = (await containers()).filter((container) => before.includes(container));
      if (kept.length > 0) throw new Error(`${kept.length} of ${before.length} hosts are what they were`);
      proof(`${before.length} hosts are gone, and others stand in their places`);
    },
  },
  {
    name: "manager-replaced",
    family: "hosts",
    what: "the first manager is gone for good: the next `pulumi up` makes another one, which joins the others or, where there are none, begins the Swarm anew",
    strike: async (blow) => {
      const { environment, up, undo, proof } = blow;
      const before = await environment.swarmId();
      const recover = undo(() => up());
      await docker(["rm", "--force", "--volumes", await environment.host(HOSTS.manager)]);
      await recover();
      const after = await environment.swarmId();
      if (environment.managers.length > 1) {
        if (after !== before) throw new Error(`the Swarm was ${before}, and is ${after}`);
        proof(`the new manager is in Swarm ${short(before)}`);
      } else {
        if (after === before) throw new Error(`the Swarm is still ${before}`);
        proof(`Swarm ${short(before)} is gone, and ${short(after)} stands in its place`);
      }
    },
  },
  {
    name: "kafka-host-replaced",
    family: "hosts",
    what: "Kafka's host is gone for good, with its disk: the next `pulumi up` makes another one, its topic empty",
    losesQueue: true,
    strike: async (blow) => {
      const { environment, up, until, undo, proof } = blow;
      const { host, container } = await runningTask(blow, SWARM_SERVICES.broker);
      const recover = undo(() => up());
      await docker(["rm", "--force", "--volumes", await environment.host(host)]);
      await recover();
      const task = await until("a broker on the new host", () => environment.task(SWARM_SERVICES.broker));
      if (task.container === container) throw new Error(`the broker is still ${container}`);
      proof(`${host} is another one, and its broker began with an empty topic`);
    },
  },
];
