/** An IPv4 range: its first address as a number, and the length of its prefix. */
export interface Cidr {
  first: number;
  prefix: number;
}

/**
 * Parses an IPv4 address into a number. Returns undefined for text that is not four decimals
 * without leading zeros.
 */
export function parseAddress(text: string): number | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Formats an address as dotted decimals. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/**
 * Parses a range. Returns undefined for other text, and for a range with bits set after its prefix
 * ("10.0.0.1/16").
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([\d.]+)\/(0|[1-9]\d?)$/.exec(text);
  const first = parseAddress(match?.[1] ?? "");
  const prefix = Number(match?.[2]);
  if (first === undefined || prefix > 32 || first % sizeOf({ first, prefix }) !== 0) return undefined;
  return { first, prefix };
}

/** Parses a range that a check has accepted before, and throws otherwise. */
export function cidr(text: string): Cidr {
  const range = parseCidr(text);
  if (range === undefined) throw new Error(`${JSON.stringify(text)} is not an IPv4 CIDR block such as 10.0.0.0/16`);
  return range;
}

/** Returns the number of addresses in a range. */
export function sizeOf(range: Cidr): number {
  return 2 ** (32 - range.prefix);
}

/** Returns true if the ranges share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
}

/** Returns true if the inner range is completely in the outer one. */
export function containsRange(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && containsAddress(outer, inner.first);
}

export function containsAddress(range: Cidr, address: number): boolean {
  return address >= range.first && address < range.first + sizeOf(range);
}

/** Returns the address at an offset: `addressAt("10.0.0.0/16", 2)` is "10.0.0.2". */
export function addressAt(range: string, offset: number): string {
  return formatAddress(cidr(range).first + offset);
}
