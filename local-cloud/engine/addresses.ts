import { Mutex } from "async-mutex";
import { cidr, containsAddress, formatAddress, parseAddress, sizeOf } from "./cidr.ts";
import { docker } from "./docker.ts";

/** Addresses that this process assigned to containers that don't exist yet, by network. */
const reserved = new Map<string, Set<number>>();
const lock = new Mutex();

/** The requested address can't be assigned. */
class AddressError extends Error {
  readonly code = "InvalidIPAddress";
  override name = "AddressError";
}

/** Numbers of addresses at the start and the end of a range that are never assigned. */
export interface Margins {
  first: number;
  last: number;
}

/** AWS keeps the first four addresses of a subnet and the last one for itself. */
export const SUBNET_MARGINS: Margins = { first: 4, last: 1 };

/** Number of addresses at the end of the internet network that are Elastic IP addresses. */
const ELASTIC_ADDRESSES = 48;

/**
 * Margins of the internet network: its gateway, the control plane and room for more, and the
 * Elastic IP addresses.
 */
export const INTERNET_MARGINS: Margins = { first: 10, last: 1 + ELASTIC_ADDRESSES };

/** Margins of the Elastic IP addresses in the internet network, a /24. */
export const ELASTIC_MARGINS: Margins = { first: 255 - ELASTIC_ADDRESSES, last: 1 };

/**
 * Runs `use` with an address of the range that no container of the network has, not even a stopped
 * one: the requested address, or the lowest free one. The address stays reserved in this process
 * until `use` has ended.
 */
export async function withAddress<T>(
  network: string,
  range: string,
  margins: Margins,
  wanted: string | undefined,
  use: (address: string) => Promise<T>,
): Promise<T> {
  const mine = reserved.get(network) ?? new Set<number>();
  reserved.set(network, mine);
  const address = await lock.runExclusive(async () => {
    const chosen = chooseAddress(range, margins, new Set([...(await usedAddresses(network)), ...mine]), wanted);
    mine.add(chosen);
    return chosen;
  });
  try {
    return await use(formatAddress(address));
  } finally {
    mine.delete(address);
  }
}

/** Returns the requested address if it can be assigned, or else the lowest free one. */
export function chooseAddress(range: string, margins: Margins, used: ReadonlySet<number>, wanted?: string): number {
  const { first } = cidr(range);
  const lowest = first + margins.first;
  const highest = first + sizeOf(cidr(range)) - 1 - margins.last;
  if (wanted !== undefined) {
    const address = parseAddress(wanted);
    if (address === undefined || !containsAddress(cidr(range), address)) {
      throw new AddressError(`address ${wanted} does not fall within the subnet's range ${range}`);
    }
    if (address < lowest || address > highest) {
      throw new AddressError(
        `address ${wanted} is in the subnet's reserved address range: the first ${margins.first} addresses and the last of ${range}`,
      );
    }
    if (used.has(address)) throw new AddressError(`address ${wanted} is in use`);
    return address;
  }
  for (let address = lowest; address <= highest; address += 1) {
    if (!used.has(address)) return address;
  }
  throw new AddressError(`there are no free addresses in ${range}`);
}

/** Returns the addresses of a network that containers have, or will have when they start. */
async function usedAddresses(network: string): Promise<number[]> {
  const containers = await docker.listContainers({ all: true, filters: { network: [network] } });
  return containers.flatMap((container) => {
    const endpoint = container.NetworkSettings.Networks[network];
    const fixed = endpoint?.IPAMConfig as { IPv4Address?: string } | null | undefined;
    return [endpoint?.IPAddress, fixed?.IPv4Address].flatMap((text) => {
      const address = parseAddress(text ?? "");
      return address === undefined ? [] : [address];
    });
  });
}
