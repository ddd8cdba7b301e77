import { BlockList, isIPv4, isIPv6 } from "node:net";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { PolicyResource, Rule } from "./plan.ts";

/** Ports that only hosts of the VPC and operators may reach, with the name of their service. */
const innerPorts: ReadonlyMap<number, string> = new Map([
  [PORTS.ssh, "SSH"],
  [PORTS.zookeeper, "ZooKeeper"],
  [2375, "the Docker engine"],
  [2376, "the Docker engine"],
  [PORTS.swarmControl, "Swarm"],
  [PORTS.swarmOverlay, "Swarm's overlay networks"],
  [PORTS.database, "PostgreSQL"],
  [PORTS.swarmGossip, "Swarm's gossip"],
  [PORTS.brokerExternal, "Kafka"],
  [PORTS.brokerInternal, "Kafka"],
]);

/**
 * Shortest prefix length, by address family, that a single organisation may use.
 * A range with a shorter prefix counts as the world.
 */
const SHORTEST_PREFIX = { ipv4: 16, ipv6: 32 } as const;

/**
 * Ranges that are not routed on the internet: RFC 1918, 6598 and 4193, and RFC 2544, from which the
 * local cloud takes its public addresses.
 */
const inner = {
  ipv4: blockOf("ipv4", [
    ["10.0.0.0", 8],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["100.64.0.0", 10],
    ["198.18.0.0", 15],
  ]),
  ipv6: blockOf("ipv6", [["fc00::", 7]]),
} as const;

/** Forbids ingress from the world to inner ports. */
export const closedPorts: Rule = {
  id: "closed-ports",
  severity: "mandatory",
  description: "The ports of Swarm, Kafka, ZooKeeper, SSH, Docker and the database are never open to the world.",
  reason:
    "Kafka, ZooKeeper and Swarm's overlay ask nobody who they are; the others are found and tried within minutes.",
  source:
    "AWS Foundational Security Best Practices EC2.13, EC2.18, EC2.19; Docker, Swarm tutorial, Open protocols and ports",
  check: ({ resources }) =>
    resources.flatMap((resource) =>
      ingressOf(resource).flatMap((rule) => {
        const who = sourceOf(rule);
        const open = [...innerPorts].filter(([port]) => covers(rule, port)).map(([port, what]) => `${port} (${what})`);
        return who === undefined || open.length === 0
          ? []
          : [{ subject: resource.name, message: `lets ${who} reach port ${open.join(", ")}` }];
      }),
    ),
};

/** An ingress rule, independent of the resource type that declares it. */
interface Ingress {
  ranges: unknown[];
  prefixLists: unknown[];
  protocol: unknown;
  fromPort: unknown;
  toPort: unknown;
}

/** Returns the ingress rules that a rule resource or a security group's inline rules declare. */
function ingressOf({ type, inputs }: PolicyResource): Ingress[] {
  switch (type) {
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return [
        {
          ...portsOf(inputs),
          protocol: inputs["ipProtocol"],
          ranges: [inputs["cidrIpv4"], inputs["cidrIpv6"]],
          prefixLists: several(inputs["prefixListId"]),
        },
      ];
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return inputs["type"] === "egress" ? [] : [olderRule(inputs)];
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
      return several(inputs["ingress"]).map((rule) => olderRule(rule as PolicyResource["inputs"]));
    default:
      return [];
  }
}

function olderRule(inputs: PolicyResource["inputs"]): Ingress {
  return {
    ...portsOf(inputs),
    protocol: inputs["protocol"],
    ranges: [...several(inputs["cidrBlocks"]), ...several(inputs["ipv6CidrBlocks"])],
    prefixLists: several(inputs["prefixListIds"]),
  };
}

function portsOf({ fromPort, toPort }: PolicyResource["inputs"]): Pick<Ingress, "fromPort" | "toPort"> {
  return { fromPort, toPort };
}

function several(value: unknown): unknown[] {
  return [value ?? []].flat();
}

/** Returns the name of a source that must not reach inner ports, or undefined. */
function sourceOf({ ranges, prefixLists }: Ingress): string | undefined {
  if (ranges.some(isWorld)) return "the world";
  return prefixLists.length > 0 ? "a prefix list, which can't be seen into," : undefined;
}

function isWorld(range: unknown): boolean {
  if (typeof range !== "string") return false;
  const [address = "", length] = range.split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
  if (family === undefined) return false;
  const prefix = Number(length);
  if (prefix >= SHORTEST_PREFIX[family]) return false;
  return !inner[family].some(({ block, shortest }) => prefix >= shortest && block.check(address, family));
}

function blockOf(family: "ipv4" | "ipv6", ranges: readonly (readonly [string, number])[]) {
  return ranges.map(([address, shortest]) => {
    const block = new BlockList();
    block.addSubnet(address, shortest, family);
    return { block, shortest };
  });
}

/** Reports whether a rule admits TCP or UDP to the port. A rule with an unknown protocol does. */
function covers({ protocol, fromPort, toPort }: Ingress, port: number): boolean {
  if (typeof protocol !== "string" || protocol === "-1") return true;
  if (!["tcp", "udp", "6", "17"].includes(protocol.toLowerCase())) return false;
  const [from, to] = [fromPort, toPort].map((end) => (end === undefined || end === null ? undefined : Number(end)));
  if (from === undefined) return to === undefined || port <= to;
  return from <= port && port <= (to ?? 65_535);
}
