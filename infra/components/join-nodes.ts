import type { Input, Resource } from "@pulumi/pulumi";
import type { HostFleet, ReachableHost } from "./host-fleet.ts";
import { SwarmNode } from "./swarm-node.ts";
import { remoteScript } from "./remote-script.ts";
import { imagesOfGenerator, imagesOfWorkers, type Images } from "./build-images.ts";
import type { Swarm } from "./swarm.ts";

/** The nodes that run tasks. */
export interface JoinedNodes {
  workers: { name: string; host: ReachableHost["host"]; node: SwarmNode }[];
  kafka: SwarmNode | undefined;
  /** What every stack waits for. */
  ready: Resource[];
  /** What the load test waits for besides. */
  generatorReady: Resource[];
}

/**
 * Joins the hosts to the Swarm, all at once, each with the images that may run there. What Kafka's host and the load generator were before is retired at once: nothing of
 * them may run twice. What the workers were is retired once others can take over (`SwarmNode.retire`).
 */
export function joinNodes(hosts: HostFleet, swarm: Swarm, images: Images): JoinedNodes {
  const join = ({ host, access }: ReachableHost, ownImages: Input<string>[]) =>
    new SwarmNode(host.plan.name, { host, access, swarm: swarm.target, joinToken: swarm.joinToken, images: ownImages });
  const serviceImages = imagesOfWorkers(images).map(({ reference }) => reference);
  const generatorImages = imagesOfGenerator(images).map(({ reference }) => reference);

  const workers = hosts.workers.map((worker) => ({
    name: worker.host.plan.name,
    host: worker.host,
    node: join(worker, serviceImages),
  }));
  const others = [hosts.kafka, hosts.loadGenerator].filter((host) => host !== undefined);
  const roster = remoteScript(
    "roster",
    {
      access: swarm.target.manager,
      script: "infra/scripts/manager/pause-undeclared-nodes.sh",
      values: { HOSTS: [...hosts.workers, ...others].map(({ host }) => host.plan.name) },
      runsFor: [swarm.target.id],
    },
    { parent: swarm },
  );
  const kafka = hosts.kafka && images.queue && join(hosts.kafka, [images.queue.kafka.reference]);
  const generator = hosts.loadGenerator && join(hosts.loadGenerator, generatorImages);
  return {
    workers,
    kafka,
    ready: [roster, ...workers.flatMap(({ node }) => node.ready), ...(kafka ? [kafka.retire([])] : [])],
    generatorReady: generator ? [generator.retire([])] : [],
  };
}
