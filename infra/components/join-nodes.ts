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
  /** Resources that every stack waits for. */
  ready: Resource[];
  /** Resources that the load test waits for besides. */
  generatorReady: Resource[];
}

/**
 * Joins all hosts to the Swarm concurrently, each with its images. The previous nodes of Kafka's
 * host and of the load generator are retired at once, as nothing of theirs may run twice. The
 * workers' previous nodes are retired later, when others can take over (`SwarmNode.retire`).
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
