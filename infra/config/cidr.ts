/** An IPv4 range: its first address as a number, and the length of its prefix in bits. */
export interface Cidr {
  base: number;
  prefix: number;
}

/**
 * Parses a text such as "10.0.0.0/16".
 *
 * @returns undefined when the text is not an IPv4 range, or has bits set after its prefix
 *   ("10.0.0.1/16"), which AWS refuses too.
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  return base % size({ base, prefix }) === 0 ? { base, prefix } : undefined;
}

/** Formats a range as "10.0.0.0/16". */
export function formatCidr({ base, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Returns true when the two ranges share at least one address. */
export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.base < right.base + size(right) && right.base < left.base + size(left);
}

/**
 * Divides a range into 2^bits equal parts and returns the part with the given number.
 *
 * @throws RangeError when the range has no such part.
 */
export function part(whole: Cidr, bits: number, index: number): Cidr {
  const prefix = whole.prefix + bits;
  if (prefix > 32 || index < 0 || index >= 2 ** bits) {
    throw new RangeError(`${formatCidr(whole)} has no part ${index} of ${2 ** bits}`);
  }
  return { base: whole.base + index * 2 ** (32 - prefix), prefix };
}

function size({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}
