import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { Settings } from "../config/config.ts";
import type { HostPlan } from "./fleet.ts";

/** Security groups: one for each role, and `node` for every host of the Swarm. */
export type GroupName = "node" | "manager" | "worker" | "kafka" | "entrance" | "database";

/** One end of a flow: a group, or ranges outside of the VPC. */
export type Peer = GroupName | { cidrs: readonly string[] };

/** A kind of allowed traffic. All other traffic is dropped. */
export interface Flow {
  /** Part of the rules' names. Unique; a change needs an alias. */
  name: string;
  from: Peer;
  to: Peer;
  /** "50" is ESP, which has no ports. */
  protocol: "tcp" | "udp" | "50";
  port?: number;
  /** Description of the rules. AWS refuses apostrophes in it. */
  why: string;
}

const INTERNET: Peer = { cidrs: ["0.0.0.0/0"] };

/**
 * Returns the allowed traffic. A flow between two groups becomes an egress rule of one and an
 * ingress rule of the other.
 */
export function planFlows(settings: Settings): Flow[] {
  const kafka = settings.mode === "kafka";
  return [
    tcp("operators-ssh", { cidrs: settings.operators.cidrs }, "manager", PORTS.ssh, "operators reach the manager"),
    tcp("ssh", "manager", "node", PORTS.ssh, "every other host is reached through the manager"),

    tcp("swarm-control", "node", "manager", PORTS.swarmControl, "Swarm: nodes talk to the manager"),
    tcp("swarm-gossip-tcp", "node", "node", PORTS.swarmGossip, "Swarm: nodes tell each other of networks"),
    udp("swarm-gossip-udp", "node", "node", PORTS.swarmGossip, "Swarm: nodes tell each other of networks"),
    udp("overlay", "node", "node", PORTS.swarmOverlay, "Swarm: VXLAN, packets of the overlay networks"),
    ...when(settings.swarm.encryptedOverlay, {
      name: "overlay-encrypted",
      from: "node",
      to: "node",
      protocol: "50",
      why: "Swarm: ESP, packets of the encrypted overlay networks",
    }),

    ...settings.entrance.cidrs.map((cidr, index) =>
      tcp(`entrance-${index + 1}`, { cidrs: [cidr] }, "entrance", PORTS.http, "callers of the API"),
    ),
    tcp("api", "entrance", "worker", PORTS.api, "the load balancer calls and checks the API"),
    tcp("database", "worker", "database", PORTS.database, "the services use PostgreSQL"),
    ...when(
      kafka,
      tcp("kafka-nodes", "node", "kafka", PORTS.brokerExternal, "the EXTERNAL listener of Kafka, for hosts of the VPC"),
    ),

    tcp("node-https", "node", INTERNET, PORTS.https, "packages, APIs of AWS, the registry"),
    tcp("node-http", "node", INTERNET, PORTS.http, "Debian packages (signed), calls of the load test"),
    udp("node-dns", "node", { cidrs: [settings.network.vpcCidr] }, PORTS.dns, "names, by the resolver of the VPC"),
    tcp(
      "node-dns-tcp",
      "node",
      { cidrs: [settings.network.vpcCidr] },
      PORTS.dns,
      "long answers of the resolver of the VPC",
    ),
  ].map((flow) => flow satisfies Flow);
}

/** Returns the groups that the flows name. A group without a rule isn't created. */
export function groupsOf(flows: readonly Flow[]): GroupName[] {
  const peers = flows.flatMap(({ from, to }) => [from, to]);
  return [...new Set(peers.filter((peer) => typeof peer === "string"))];
}

/** Returns the security groups of a role. */
export function groupsOfRole(role: HostPlan["role"]): GroupName[] {
  switch (role) {
    case "manager":
      return ["node", "manager"];
    case "worker":
      return ["node", "worker"];
    case "kafka":
      return ["node", "kafka"];
    case "load-generator":
      return ["node"];
  }
}

function tcp(name: string, from: Peer, to: Peer, port: number, why: string): Flow {
  return { name, from, to, protocol: "tcp", port, why };
}

function udp(name: string, from: Peer, to: Peer, port: number, why: string): Flow {
  return { name, from, to, protocol: "udp", port, why };
}

function when(condition: boolean, flow: Flow): Flow[] {
  return condition ? [flow] : [];
}
