/**
 * All ports on which the environment listens. Security groups, stacks, health checks, services and
 * tools use these values.
 */
export const PORTS = {
  /** main-api, on its hosts and behind the load balancer. */
  api: 8080,
  /** Health and metrics of the issuer. No host publishes it. */
  issuer: 8081,
  /** Kafka's listener for tasks, in the overlay network. */
  brokerInternal: 19092,
  /** Kafka's listener for hosts of the VPC. */
  brokerExternal: 9092,
  zookeeper: 2181,
  database: 5432,
  /** nGrinder's page, on the load generator's host. */
  ngrinder: 8300,
  /** The load balancer, and other web servers. */
  http: 80,
  https: 443,
  ssh: 22,
  dns: 53,
  /**
   * Docker's own ports between the nodes of a Swarm
   * (https://docs.docker.com/engine/swarm/swarm-tutorial/): control, gossip and VXLAN.
   */
  swarmControl: 2377,
  swarmGossip: 7946,
  swarmOverlay: 4789,
} as const;
