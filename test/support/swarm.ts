import { runOnHost } from "../../operate/local-hosts.ts";
import type { LocalStack } from "../../operate/local-stack.ts";

/** A node as the Swarm reports it. */
export interface SwarmNode {
  id: string;
  /** The program's name for the host, or its address when the program does not know it. */
  name: string;
  role: string;
  /** ready, down, unknown ... */
  state: string;
  /** active, pause or drain. */
  availability: string;
  labels: Record<string, string>;
}

/** Returns the Swarm's own list of its nodes, from the manager. */
export async function swarmNodes(account: string, stack: LocalStack): Promise<SwarmNode[]> {
  const ids = (await runOnHost(account, "manager", ["docker", "node", "ls", "-q"])).split("\n");
  const inspected = await runOnHost(account, "manager", ["docker", "node", "inspect", ...ids]);
  const nodes = JSON.parse(inspected) as {
    ID: string;
    Spec: { Role: string; Availability: string; Labels: Record<string, string> };
    Status: { State: string; Addr: string };
  }[];
  const declared = (await stack.outputs()).nodes;
  return nodes.map(({ ID, Spec, Status }) => ({
    id: ID,
    name: declared.find(({ privateIp }) => privateIp === Status.Addr)?.name ?? Status.Addr,
    role: Spec.Role,
    state: Status.State,
    availability: Spec.Availability,
    labels: Spec.Labels,
  }));
}

/**
 * Returns the Swarm's services with their running and desired tasks, such as "gifticon_main-api
 * 4/4", sorted.
 */
export async function swarmServices(account: string): Promise<string[]> {
  const list = ["docker", "service", "ls", "--format", "{{.Name}} {{.Replicas}}"];
  return (await runOnHost(account, "manager", list)).split("\n").sort();
}
