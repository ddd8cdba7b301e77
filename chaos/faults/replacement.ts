import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Case } from "../case.ts";
import { docker } from "../environment/docker.ts";
import { runningTask } from "./tasks.ts";
import { shortId } from "./format.ts";

export const replacementCases: readonly Case[] = [
  {
    name: "workers-replaced",
    family: "hosts",
    description: "replaces all workers' hosts by `pulumi up`, as another `hosts.generation` does",
    allowedErrors: [],
    inject: async ({ environment, up, observed }) => {
      const workers = environment.hosts.names.filter((host) => host.startsWith("worker-"));
      const containers = () => Promise.all(workers.map((worker) => environment.hosts.container(worker)));
      const before = await containers();
      await up(workers.flatMap((worker) => ["--replace", `**aws:ec2/instance:Instance::${worker}`]));
      const kept = (await containers()).filter((container) => before.includes(container));
      if (kept.length > 0) throw new Error(`${kept.length} of ${before.length} hosts were not replaced`);
      observed(`${before.length} hosts were replaced`);
    },
  },
  {
    name: "manager-replaced",
    family: "hosts",
    description:
      "removes the first manager: the next `pulumi up` makes one that joins the others or starts a new Swarm",
    inject: async (context) => {
      const { environment, up, undo, observed } = context;
      const before = await environment.swarm.id();
      const recover = undo(() => up());
      await docker(["rm", "--force", "--volumes", await environment.hosts.container(HOSTS.manager)]);
      await recover();
      const after = await environment.swarm.id();
      if (environment.hosts.managers.length > 1) {
        if (after !== before) throw new Error(`the Swarm was ${before}, and is ${after}`);
        observed(`the new manager is in Swarm ${shortId(before)}`);
      } else {
        if (after === before) throw new Error(`the Swarm is still ${before}`);
        observed(`Swarm ${shortId(before)} was replaced by ${shortId(after)}`);
      }
    },
  },
  {
    name: "kafka-host-replaced",
    family: "hosts",
    description: "removes Kafka's host with its disk: the next `pulumi up` makes another one with an empty topic",
    mayLoseQueue: true,
    inject: async (context) => {
      const { environment, up, until, undo, observed } = context;
      const { host, container } = await runningTask(context, SWARM_SERVICES.broker);
      const recover = undo(() => up());
      await docker(["rm", "--force", "--volumes", await environment.hosts.container(host)]);
      await recover();
      const task = await until("a broker on the new host", () => environment.swarm.task(SWARM_SERVICES.broker));
      if (task.container === container) throw new Error(`the broker is still ${container}`);
      observed(`${host} was replaced, and its broker started with an empty topic`);
    },
  },
];
