import { hasPorts, protocolName } from "../aws/ec2/protocols.ts";
import type { Member, Rule, View } from "./view.ts";

/** The chains in the mangle table of a member's network namespace; the boot script of an instance waits for the first. */
export const CHAIN_IN = "local-cloud-in";
export const CHAIN_OUT = "local-cloud-out";
const METADATA_ADDRESS = "169.254.169.254";

/**
 * The security groups of a member as input for `iptables-restore --noflush`: it makes both chains anew, in one step. Mangle,
 * because it sees packets before published ports are translated, and so by the port that a rule names. What belongs to a
 * connection that was let through passes; of new ones only what a rule names. As on AWS, the VPC's DNS and the metadata
 * service are out of the groups' reach.
 *
 * @param nameserver the VPC's DNS server.
 */
export function renderFirewall(member: Member, view: View, nameserver: string): string {
  const lines = (direction: Rule["direction"]) =>
    view.rules
      .filter((rule) => rule.direction === direction && member.groups.includes(rule.groupId))
      .flatMap((rule) => matches(rule, view).map((match) => `-A ${chainOf(direction)} ${match} -j RETURN`));
  return [
    "*mangle",
    `:${CHAIN_IN} - [0:0]`,
    `:${CHAIN_OUT} - [0:0]`,
    `-A ${CHAIN_IN} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    ...noRoute(member, "in"),
    ...unique(lines("in")),
    `-A ${CHAIN_IN} -j DROP`,
    `-A ${CHAIN_OUT} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    `-A ${CHAIN_OUT} -d ${METADATA_ADDRESS}/32 -p tcp --dport 80 -j RETURN`,
    ...["udp", "tcp"].map((protocol) => `-A ${CHAIN_OUT} -d ${nameserver}/32 -p ${protocol} --dport 53 -j RETURN`),
    ...noRoute(member, "out"),
    ...unique(lines("out")),
    `-A ${CHAIN_OUT} -j DROP`,
    "COMMIT",
    "",
  ].join("\n");
}

/** The jumps into the chains; added once in the life of a network namespace. */
export const JUMPS = [`-A PREROUTING -i eth+ -j ${CHAIN_IN}`, `-A POSTROUTING -o eth+ -j ${CHAIN_OUT}`] as const;

function chainOf(direction: Rule["direction"]): string {
  return direction === "in" ? CHAIN_IN : CHAIN_OUT;
}

/** A public address reaches, and is reached from, no more than its subnet's routes to internet gateways cover. */
function noRoute({ publicAddress, internetRoutes }: Member, direction: Rule["direction"]): string[] {
  if (publicAddress === undefined || internetRoutes.includes("0.0.0.0/0")) return [];
  const [device, end] = direction === "in" ? ["-i eth1", "-s"] : ["-o eth1", "-d"];
  const [only, ...others] = internetRoutes;
  if (only === undefined) return [`-A ${chainOf(direction)} ${device} -j DROP`];
  // One match can't hold several ranges: the connections of each are marked, and those without a mark dropped.
  return [
    `-A ${chainOf(direction)} ${device} -j MARK --set-xmark 0x0/0x10000`,
    ...[only, ...others].map(
      (range) => `-A ${chainOf(direction)} ${device} ${end} ${range} -j MARK --set-xmark 0x10000/0x10000`,
    ),
    `-A ${chainOf(direction)} ${device} -m mark --mark 0x0/0x10000 -j DROP`,
  ];
}

/** The matches that a rule stands for: one for its range, or one for each member of the group that it names. */
function matches(rule: Rule, view: View): string[] {
  const end = rule.direction === "in" ? "-s" : "-d";
  const protocol = protocolMatch(rule);
  return peersOf(rule, view).map((peer) => `${end} ${peer}${protocol}`);
}

function peersOf({ peer }: Rule, view: View): string[] {
  if ("range" in peer) return [peer.range];
  return view.members
    .filter(({ groups, privateAddress }) => groups.includes(peer.groupId) && privateAddress !== "")
    .map(({ privateAddress }) => `${privateAddress}/32`)
    .sort();
}

function protocolMatch({ protocol, fromPort, toPort }: Rule): string {
  const name = protocolName(protocol);
  if (name === undefined || name === "all") return "";
  if (!hasPorts(protocol) || fromPort === undefined || toPort === undefined) return ` -p ${name}`;
  if (name === "icmp" || name === "icmpv6") {
    // For ICMP, AWS keeps the type in fromPort and the code in toPort, -1 for any.
    if (fromPort < 0) return ` -p ${name}`;
    return ` -p icmp --icmp-type ${toPort < 0 ? fromPort : `${fromPort}/${toPort}`}`;
  }
  return ` -p ${name} --dport ${fromPort === toPort ? fromPort : `${fromPort}:${toPort}`}`;
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
