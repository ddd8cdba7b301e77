import { ofType, type PolicyResource, type Rule } from "./plan.ts";

/** Ports that only hosts of the VPC and operators may reach, and whose they are. */
const innerPorts: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [2181, "ZooKeeper"],
  [2375, "the Docker engine"],
  [2376, "the Docker engine"],
  [2377, "Swarm"],
  [4789, "Swarm's overlay networks"],
  [5432, "PostgreSQL"],
  [7946, "Swarm's gossip"],
  [9092, "Kafka"],
  [19092, "Kafka"],
]);

/** A range of the world: any address, or so many that it makes no difference. */
const WORLD_PREFIX = 8;

export const closedPorts: Rule = {
  id: "closed-ports",
  severity: "mandatory",
  description: "The ports of Swarm, Kafka, ZooKeeper, SSH, Docker and the database are never open to the world.",
  reason:
    "Kafka, ZooKeeper and Swarm's overlay ask nobody who they are; the others are found and tried within minutes.",
  source:
    "AWS Foundational Security Best Practices EC2.13, EC2.18, EC2.19; Docker, Swarm tutorial, Open protocols and ports",
  check: (plan) =>
    ofType(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(fromTheWorld)
      .flatMap((rule) => {
        const open = [...innerPorts].filter(([port]) => covers(rule, port)).map(([port, what]) => `${port} (${what})`);
        return open.length === 0
          ? []
          : [{ subject: rule.name, message: `lets the world reach port ${open.join(", ")}` }];
      }),
};

function fromTheWorld({ inputs }: PolicyResource): boolean {
  const [v4, v6] = [inputs["cidrIpv4"], inputs["cidrIpv6"]];
  if (typeof v6 === "string") return Number(v6.split("/")[1]) < 16;
  return typeof v4 === "string" && Number(v4.split("/")[1]) <= WORLD_PREFIX && !v4.startsWith("10.");
}

/** Does the rule let TCP or UDP through to the port? All protocols ("-1") and a rule without ports let everything through. */
function covers({ inputs }: PolicyResource, port: number): boolean {
  const { ipProtocol, fromPort, toPort } = inputs;
  if (!["-1", "tcp", "udp", "6", "17"].includes(String(ipProtocol))) return false;
  if (ipProtocol === "-1" || typeof fromPort !== "number") return true;
  return fromPort <= port && port <= (typeof toPort === "number" ? toPort : fromPort);
}
