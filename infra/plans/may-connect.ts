import { overlaps, parseCidr } from "../config/cidr.ts";
import type { Flow, GroupName, Peer } from "./flows.ts";

/** An end of a connection: something with an address in the VPC, or the world outside. */
export interface End {
  name: string;
  /** IPv4 address that the other end sees. */
  address: string;
  /** Its security groups. Ends outside of the VPC have none and aren't filtered. */
  groups: readonly GroupName[];
}

/** Reports whether the groups of both ends allow a TCP connection. */
export function mayConnect(flows: readonly Flow[], from: End, to: End, port: number): boolean {
  const fits = ({ protocol, port: allowed }: Flow) => protocol === "tcp" && allowed === port;
  const leaves =
    from.groups.length === 0 || flows.some((flow) => fits(flow) && isIn(from, flow.from) && covers(flow.to, to));
  const enters =
    to.groups.length === 0 || flows.some((flow) => fits(flow) && isIn(to, flow.to) && covers(flow.from, from));
  return leaves && enters;
}

/** Reports whether a rule belongs to one of an end's groups. */
function isIn({ groups }: End, peer: Peer): boolean {
  return typeof peer === "string" && groups.includes(peer);
}

/** Reports whether a rule's peer is this end, by its group or its address. */
function covers(peer: Peer, end: End): boolean {
  if (typeof peer === "string") return end.groups.includes(peer);
  const address = parseCidr(`${end.address}/32`);
  return peer.cidrs.some((text) => {
    const cidr = parseCidr(text);
    return address !== undefined && cidr !== undefined && overlaps(address, cidr);
  });
}
