import { onHost } from "./hosts.ts";
import type { LocalStack } from "./local-stack.ts";

/** A node as the Swarm itself sees it. */
export interface SwarmNode {
  /** The program's name for the host, or its address when the program does not know it. */
  name: string;
  role: string;
  /** ready, down, unknown ... */
  state: string;
  labels: Record<string, string>;
}

/** The Swarm's own list of its nodes, asked on the manager. */
export async function swarmNodes(account: string, stack: LocalStack): Promise<SwarmNode[]> {
  const ids = (await onHost(account, "manager", ["docker", "node", "ls", "-q"])).split("\n");
  const inspected = await onHost(account, "manager", ["docker", "node", "inspect", ...ids]);
  const nodes = JSON.parse(inspected) as {
    Spec: { Role: string; Labels: Record<string, string> };
    Status: { State: string; Addr: string };
  }[];
  const declared = (await stack.outputs()).nodes;
  return nodes.map(({ Spec, Status }) => ({
    name: declared.find(({ privateIp }) => privateIp === Status.Addr)?.name ?? Status.Addr,
    role: Spec.Role,
    state: Status.State,
    labels: Spec.Labels,
  }));
}
