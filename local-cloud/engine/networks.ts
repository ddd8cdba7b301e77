import { networkInterfaces } from "node:os";
import type { NetworkInspectInfo } from "dockerode";
import { accountFilter, accountId, checkoutPath, label, objectName, resourceLabels } from "./account.ts";
import { addressAt, cidr, overlaps, parseCidr } from "./cidr.ts";
import { docker, ignoreGone } from "./docker.ts";

/** Type label of the objects that every account has: internet network, control plane, CA volume. */
export const BASE_TYPE = "base";

/** An address range in use on the machine, and a description of its holder. */
export interface TakenRange {
  range: string;
  holder: string;
}

/** Something else on this machine holds the requested range. */
class RangeTakenError extends Error {
  readonly code = "RangeTaken";
  override name = "RangeTakenError";
}

/** Returns the name of the account's internet network. */
export function internetNetworkName(): string {
  return objectName("internet");
}

/** Returns the name of a VPC's network. */
export function vpcNetworkName(vpcId: string): string {
  return objectName(vpcId);
}

/**
 * Creates the account's internet network: a /24 of the benchmarking range 198.18.0.0/15 (RFC 2544),
 * which no real network routes. The search for a free range starts at a place derived from the
 * account, so that two accounts rarely want the same one.
 */
export async function ensureInternetNetwork(): Promise<NetworkInspectInfo> {
  const name = internetNetworkName();
  const found = await inspectNetwork(name);
  if (found !== undefined) return found;
  const taken = await takenRanges();
  const start = Number(accountId()) % 256;
  for (let step = 0; step < 256; step += 1) {
    const subnet = `198.18.${(start + step) % 256}.0/24`;
    if (holderOf(subnet, taken) !== undefined) continue;
    await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      IPAM: { Driver: "default", Config: [{ Subnet: subnet, Gateway: addressAt(subnet, 1) }] },
      Labels: resourceLabels(BASE_TYPE, "internet"),
      Options: { "com.docker.network.bridge.name": bridgeName("internet") },
    });
    return docker.getNetwork(name).inspect();
  }
  throw new RangeTakenError("no /24 of 198.18.0.0/16 is free on this machine: remove networks that are no longer used");
}

/**
 * Creates the network of a VPC: a bridge without a way out. Throws a RangeTakenError that names the
 * holder of an overlapping range.
 */
export async function createVpcNetwork(type: string, vpcId: string, range: string, stack?: string): Promise<void> {
  const holder = holderOf(range, await takenRanges());
  if (holder !== undefined) {
    throw new RangeTakenError(
      `${range} overlaps with ${holder.range}, which is held by ${holder.holder} on this machine: ` +
        `choose another range, or remove what holds it`,
    );
  }
  await docker.createNetwork({
    Name: vpcNetworkName(vpcId),
    CheckDuplicate: true,
    Internal: true,
    IPAM: { Driver: "default", Config: [{ Subnet: range, Gateway: addressAt(range, 1) }] },
    Labels: resourceLabels(type, vpcId, stack),
    Options: { "com.docker.network.bridge.name": bridgeName(vpcId) },
  });
}

/** Returns the network with that name, or undefined. */
export async function inspectNetwork(name: string): Promise<NetworkInspectInfo | undefined> {
  const found = await docker.listNetworks({ filters: { name: [`^${name}$`] } });
  return found[0];
}

/** Returns the networks of this account, of one type if given. */
export async function listNetworks(type?: string): Promise<NetworkInspectInfo[]> {
  return docker.listNetworks({ filters: accountFilter(type) });
}

/** Removes a network; one that is gone already is a success. */
export async function removeNetwork(name: string): Promise<void> {
  await ignoreGone(docker.getNetwork(name).remove());
}

/** Returns the first range of a network ("10.0.0.0/16"). */
export function rangeOf(network: Pick<NetworkInspectInfo, "Name" | "IPAM">): string {
  const subnet = network.IPAM?.Config?.[0]?.Subnet;
  if (subnet === undefined) throw new Error(`the network ${network.Name} has no address range`);
  return subnet;
}

/** Returns the first taken range that overlaps with the requested one. */
export function holderOf(range: string, taken: readonly TakenRange[]): TakenRange | undefined {
  const wanted = cidr(range);
  return taken.find((candidate) => {
    const other = parseCidr(candidate.range);
    return other !== undefined && overlaps(wanted, other);
  });
}

/** Returns every range in use on this machine: of its Docker networks and its other interfaces. */
async function takenRanges(): Promise<TakenRange[]> {
  const networks = (await docker.listNetworks()).flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined ? [] : [{ range: Subnet, holder: describeHolder(network) }],
    ),
  );
  const known = networks.map(({ range }) => parseCidr(range)).filter((range) => range !== undefined);
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap((address) => {
      if (address.family !== "IPv4" || address.internal || address.cidr === null) return [];
      const range = networkOf(address.cidr);
      const ofDocker = known.some((candidate) => overlaps(candidate, cidr(range)));
      return ofDocker ? [] : [{ range, holder: `the network interface ${name}` }];
    }),
  );
  return [...networks, ...interfaces];
}

/** Describes the owner of a network. */
export function describeHolder(network: Pick<NetworkInspectInfo, "Name" | "Labels">): string {
  const labels: Partial<Record<string, string>> = network.Labels ?? {};
  const account = labels[label.account];
  if (account === undefined) return `the Docker network ${network.Name}`;
  const stack = labels[label.stack];
  return (
    `${stack === undefined ? "" : `stack ${stack} of `}account ${account}` +
    (labels[label.checkout] === checkoutPath()
      ? " (this checkout"
      : ` (checkout ${labels[label.checkout] ?? "unknown"}`) +
    `, Docker network ${network.Name})`
  );
}

/** Returns the range of an address with a prefix: "10.1.0.0/16" for "10.1.2.3/16". */
function networkOf(addressWithPrefix: string): string {
  const [address = "", prefix = "32"] = addressWithPrefix.split("/");
  const size = 2 ** (32 - Number(prefix));
  const first = cidr(`${address}/32`).first;
  return `${addressAt("0.0.0.0/0", first - (first % size))}/${prefix}`;
}

/** Returns a bridge name that shows its account, within the 15 characters of an interface name. */
function bridgeName(part: string): string {
  const tail = part === "internet" ? "inet" : part.slice(-4);
  return `lc${accountId().slice(-8)}${tail}`;
}
