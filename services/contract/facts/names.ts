/** Stacks of the Swarm. */
export const STACKS = { kafka: "kafka", schema: "schema", event: "gifticon", loadTest: "load-test" } as const;

/** Services, as the stacks' files name them. Tasks reach each other by these names. */
export const SERVICES = {
  api: "main-api",
  issuer: "gifticon-issuer",
  broker: "kafka",
  zookeeper: "zookeeper",
  /** The job that declares the topics. */
  topics: "topics",
  /** The job that prepares the database. */
  migration: "migrate",
  loadAgent: "load-agent",
} as const;

/** The name that the Swarm gives a service of a stack. */
export function swarmService(stack: string, service: string): string {
  return `${stack}_${service}`;
}

/** Services that tools look at, as the Swarm names them. */
export const SWARM_SERVICES = {
  api: swarmService(STACKS.event, SERVICES.api),
  issuer: swarmService(STACKS.event, SERVICES.issuer),
  broker: swarmService(STACKS.kafka, SERVICES.broker),
  zookeeper: swarmService(STACKS.kafka, SERVICES.zookeeper),
} as const;

/** Hosts that there is one of. The first manager is the way to all others. */
export const HOSTS = { manager: "manager", kafka: "kafka", loadGenerator: "load-generator" } as const;

/** Labels of Swarm nodes that tasks are placed by; each is `true` on one host. */
export const PLACEMENT_LABELS = { kafka: "kafka_server", loadGenerator: "load_generator" } as const;

/** The label of a Swarm node that names its host: a host outlives its nodes. */
export const HOST_LABEL = "gifticon-event.host";

/**
 * The label of a service that clients are sent to: before a host with a task of it goes, there is one task more elsewhere. Its value is how
 * long the load balancer takes to count on that task, in seconds.
 */
export const EXTRA_COPY_LABEL = "gifticon-event.extra-copy-seconds";

/** The label that Docker gives each service of a stack, with the stack's name. */
export const STACK_LABEL = "com.docker.stack.namespace";

/** The label that Docker gives each container of a service, with the service's name in the Swarm. */
export const SERVICE_LABEL = "com.docker.swarm.service.name";

/** The overlay network that all stacks share. */
export const NETWORK = "event";
