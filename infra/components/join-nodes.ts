import type { Resource } from "@pulumi/pulumi";
import type { HostFleet, ReachableHost } from "./host-fleet.ts";
import { SwarmNode } from "./swarm-node.ts";
import { remoteScript } from "./remote-script.ts";
import type { Swarm } from "./swarm.ts";
import type { Load, Queue } from "./variants.ts";

/** A host that is a node of the Swarm. */
export type JoinedHost = ReachableHost & {
  node: SwarmNode;
  /** Resources that the stacks on it wait for. */
  ready: Resource[];
};

/** The nodes that run tasks. */
export interface JoinedNodes {
  workers: JoinedHost[];
  queue: Queue<JoinedHost>;
  load: Load<JoinedHost>;
  /** Resources that every stack waits for. */
  ready: Resource[];
}

/** Joins all hosts to the Swarm concurrently, each with its images. */
export function joinNodes(hosts: HostFleet, swarm: Swarm): JoinedNodes {
  const undeclaredPaused = remoteScript(
    "roster",
    {
      access: swarm.target.manager,
      script: "infra/scripts/manager/pause-undeclared-nodes.sh",
      values: { HOSTS: [...hosts.workers, ...hosts.dedicated].map(({ host }) => host.plan.name) },
      rerunOnChange: [swarm.target.id],
    },
    { parent: swarm },
  );
  const workers = hosts.workers.map((worker) => joinWorker(worker, swarm));
  const queue = hosts.queue.mode === "direct" ? hosts.queue : { ...hosts.queue, ...joinDedicated(hosts.queue, swarm) };
  const load = hosts.load.kind === "off" ? hosts.load : { ...hosts.load, ...joinDedicated(hosts.load, swarm) };
  const queueReady = queue.mode === "direct" ? [] : queue.ready;
  return { workers, queue, load, ready: [undeclaredPaused, ...workers.flatMap(({ ready }) => ready), ...queueReady] };
}

/**
 * Joins a worker. Its previous node is retired later, when others can take over
 * (`SwarmNode.retire`).
 */
function joinWorker(worker: ReachableHost, swarm: Swarm): JoinedHost {
  const node = join(worker, swarm);
  return { ...worker, node, ready: node.ready };
}

/**
 * Joins a host with a single purpose. Its previous node is retired at once, because neither Kafka
 * nor a load test may run twice.
 */
function joinDedicated(host: ReachableHost, swarm: Swarm): JoinedHost {
  const node = join(host, swarm);
  return { ...host, node, ready: [node.retire([])] };
}

function join({ host, access, images }: ReachableHost, { target, joinToken }: Swarm): SwarmNode {
  const references = images.map(({ reference }) => reference);
  return new SwarmNode(host.plan.name, { host, access, swarm: target, joinToken, images: references });
}
