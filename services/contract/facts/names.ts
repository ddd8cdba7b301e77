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
  /** k6, which plays the users of a load test. */
  generator: "k6",
  /** The load test's agent, which observes the event from inside. */
  agent: "agent",
} as const;

/** The agent's name in logs, in the database's list of connections, and in the overlay network. */
export const LOAD_AGENT = "load-agent";

/** Volumes, as the stacks' files name them. */
export const VOLUMES = { broker: "kafka", zookeeper: "zookeeper" } as const;

/** Returns the name that the Swarm gives a service or volume of a stack. */
export function inStack(stack: string, name: string): string {
  return `${stack}_${name}`;
}

/** Services that tools use, by their names in the Swarm. */
export const SWARM_SERVICES = {
  api: inStack(STACKS.event, SERVICES.api),
  issuer: inStack(STACKS.event, SERVICES.issuer),
  broker: inStack(STACKS.kafka, SERVICES.broker),
  zookeeper: inStack(STACKS.kafka, SERVICES.zookeeper),
  generator: inStack(STACKS.loadTest, SERVICES.generator),
  agent: inStack(STACKS.loadTest, SERVICES.agent),
  topics: inStack(STACKS.kafka, SERVICES.topics),
} as const;

/** Hosts that exist once. The first manager is the way to all other hosts. */
export const HOSTS = { manager: "manager", kafka: "kafka", loadGenerator: "load-generator" } as const;

/** Labels of Swarm nodes for the placement of tasks. Each is `true` on one host. */
export const PLACEMENT_LABELS = { kafka: "kafka_server", loadGenerator: "load_generator" } as const;

/**
 * Label of a Swarm node with the name of its host. A host that joins again becomes another node.
 */
export const HOST_LABEL = "gifticon-event.host";

/**
 * Label of a service that clients call. Before a host with a task of it is removed, an extra task
 * starts on another host. The value is the time until the load balancer sends requests to a new
 * task, in seconds.
 */
export const EXTRA_COPY_LABEL = "gifticon-event.extra-copy-seconds";

/** Label of a config or secret with the name of its stack. */
export const STACK_FILE_LABEL = "gifticon-event.stack";

/** Label that Docker gives each service of a stack, with the stack's name. */
export const STACK_LABEL = "com.docker.stack.namespace";

/** Label that Docker gives each container of a service, with the service's name in the Swarm. */
export const SERVICE_LABEL = "com.docker.swarm.service.name";

/** Docker's label of a container with the id of its task in the Swarm. */
export const TASK_LABEL = "com.docker.swarm.task.id";

/** The overlay network that all stacks share. */
export const NETWORK = "event";
