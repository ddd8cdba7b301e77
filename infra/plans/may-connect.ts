import { overlaps, parseCidr } from "../config/cidr.ts";
import type { Flow, GroupName, Peer } from "./flows.ts";

/** One end of a connection: something with an address of its own in the VPC, or the world outside. */
export interface End {
  name: string;
  /** IPv4, as the other end sees it. */
  address: string;
  /** Its security groups; none outside of the VPC, where nothing of ours filters. */
  groups: readonly GroupName[];
}

/** Whether a TCP connection may pass: out of the groups of the one, and into those of the other. */
export function mayConnect(flows: readonly Flow[], from: End, to: End, port: number): boolean {
  const fits = ({ protocol, port: allowed }: Flow) => protocol === "tcp" && allowed === port;
  const leaves =
    from.groups.length === 0 || flows.some((flow) => fits(flow) && isIn(from, flow.from) && covers(flow.to, to));
  const enters =
    to.groups.length === 0 || flows.some((flow) => fits(flow) && isIn(to, flow.to) && covers(flow.from, from));
  return leaves && enters;
}

/** Whether the rule stands in one of this end's own groups. */
function isIn({ groups }: End, peer: Peer): boolean {
  return typeof peer === "string" && groups.includes(peer);
}

/** Whether the other side of a rule is this end: by its group, or by its address. */
function covers(peer: Peer, end: End): boolean {
  if (typeof peer === "string") return end.groups.includes(peer);
  const address = parseCidr(`${end.address}/32`);
  return peer.cidrs.some((text) => {
    const cidr = parseCidr(text);
    return address !== undefined && cidr !== undefined && overlaps(address, cidr);
  });
}
