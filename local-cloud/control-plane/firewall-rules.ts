import { hasPorts, protocolName } from "../aws/ec2/protocols.ts";
import { addressAt } from "../engine/cidr.ts";
import type { Member, Rule, View } from "./view.ts";

/** Returns the address of a VPC's DNS server: the third of the VPC's range. */
function nameserverOf(vpcRange: string): string {
  return addressAt(vpcRange, 2);
}

/**
 * Chains in the mangle table of a member's network namespace. The boot of an instance waits for the
 * first.
 */
const CHAIN_IN = "local-cloud-in";
const CHAIN_OUT = "local-cloud-out";
const CHAIN_METADATA = "local-cloud-metadata";
const METADATA_ADDRESS = "169.254.169.254";

/**
 * Renders the security groups of a member as input for `iptables-restore --noflush`, which replaces
 * both chains in one step.
 *
 * The chains are in the mangle table because it sees packets before published ports are translated,
 * so with the port that a rule names. Packets of an established connection pass; a new connection
 * needs a rule. As on AWS, security groups do not affect the VPC's DNS and the metadata service.
 *
 * @param vpcRange The range of the member's VPC.
 */
export function renderFirewall(member: Member, view: View, vpcRange: string): string {
  const nameserver = nameserverOf(vpcRange);
  const lines = (direction: Rule["direction"]) =>
    view.rules
      .filter((rule) => rule.direction === direction && member.groups.includes(rule.groupId))
      .flatMap((rule) => matches(rule, view).map((match) => `-A ${chainOf(direction)} ${match} -j RETURN`));
  return [
    "*mangle",
    `:${CHAIN_IN} - [0:0]`,
    `:${CHAIN_OUT} - [0:0]`,
    `-A ${CHAIN_IN} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    ...noRoute(member, "in", vpcRange),
    ...unique(lines("in")),
    `-A ${CHAIN_IN} -j DROP`,
    `-A ${CHAIN_OUT} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    `-A ${CHAIN_OUT} -d ${nameserver}/32 -p tcp --dport 80 -j RETURN`,
    ...["udp", "tcp"].map((protocol) => `-A ${CHAIN_OUT} -d ${nameserver}/32 -p ${protocol} --dport 53 -j RETURN`),
    ...noRoute(member, "out", vpcRange),
    ...unique(lines("out")),
    `-A ${CHAIN_OUT} -j DROP`,
    "COMMIT",
    "",
  ].join("\n");
}

/**
 * A jump from a built-in chain into one of the local cloud's. Each is added once in the life of a
 * network namespace.
 */
export interface Jump {
  table: "mangle" | "nat";
  /** The text after -A, -C or -D, such as "PREROUTING -i eth+ -j local-cloud-in". */
  rule: string;
}

export const JUMPS: readonly Jump[] = [
  { table: "mangle", rule: `PREROUTING -i eth+ -j ${CHAIN_IN}` },
  { table: "mangle", rule: `POSTROUTING -o eth+ -j ${CHAIN_OUT}` },
  { table: "nat", rule: `PREROUTING -d ${METADATA_ADDRESS}/32 -p tcp -j ${CHAIN_METADATA}` },
  { table: "nat", rule: `OUTPUT -d ${METADATA_ADDRESS}/32 -p tcp -j ${CHAIN_METADATA}` },
];

/**
 * Renders the rules that a network namespace gets once: the jumps, and the translation of the
 * metadata service's address to the control plane's in the VPC. The translation is needed because
 * an internal bridge drops packets to a link-local address.
 */
export function renderNamespaceSetup(vpcRange: string): string {
  const added = (table: Jump["table"]) => JUMPS.filter((jump) => jump.table === table).map(({ rule }) => `-A ${rule}`);
  return [
    "*nat",
    `:${CHAIN_METADATA} - [0:0]`,
    `-A ${CHAIN_METADATA} -p tcp --dport 80 -j DNAT --to-destination ${nameserverOf(vpcRange)}:80`,
    ...added("nat"),
    "COMMIT",
    "*mangle",
    ...added("mangle"),
    "COMMIT",
    "",
  ].join("\n");
}

function chainOf(direction: Rule["direction"]): string {
  return direction === "in" ? CHAIN_IN : CHAIN_OUT;
}

/**
 * Renders the rules that drop what a public address may not exchange: all that its subnet's routes
 * to internet gateways don't cover.
 */
function noRoute({ publicAddress, internetRoutes }: Member, direction: Rule["direction"], vpcRange: string): string[] {
  if (publicAddress === undefined || internetRoutes.includes("0.0.0.0/0")) return [];
  const chain = chainOf(direction);
  const [outside, end] = direction === "in" ? [`-d ${publicAddress}/32`, "-s"] : [`! -d ${vpcRange}`, "-d"];
  if (internetRoutes.length === 0) return [`-A ${chain} ${outside} -j DROP`];
  // One match can't exclude several ranges. So packets to the outside get a mark, each range takes
  // it off again, and a packet that still has it is dropped.
  return [
    `-A ${chain} ${outside} -j MARK --set-xmark 0x10000/0x10000`,
    ...internetRoutes.map((range) => `-A ${chain} ${end} ${range} -j MARK --set-xmark 0x0/0x10000`),
    `-A ${chain} -m mark --mark 0x10000/0x10000 -j DROP`,
  ];
}

/**
 * Returns the matches of a rule: one for its range, or one for each member of the group that it
 * names.
 */
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
    // For ICMP, AWS keeps the type in fromPort and the code in toPort; -1 means any.
    if (fromPort < 0) return ` -p ${name}`;
    return ` -p icmp --icmp-type ${toPort < 0 ? fromPort : `${fromPort}/${toPort}`}`;
  }
  return ` -p ${name} --dport ${fromPort === toPort ? fromPort : `${fromPort}:${toPort}`}`;
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
