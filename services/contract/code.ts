import { randomBytes } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so a code can be read aloud and typed. */
const ALPHABET = Buffer.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "latin1");
const CHARACTERS = 16;
const GROUP = 4;
const DASH = "-".charCodeAt(0);
const LENGTH = CHARACTERS + CHARACTERS / GROUP - 1;

/**
 * Returns new gifticon codes such as `7K3M-Q9TX-0B5R-ZV2H`. Each has 80 random bits, so that a
 * guess hits one of a million issued codes once in 10^18 tries. All codes are written into one
 * buffer and become slices of one string.
 */
export function newCodes(count: number): string[] {
  const random = randomBytes(count * CHARACTERS);
  const text = Buffer.allocUnsafe(count * LENGTH);
  let at = 0;
  for (let index = 0; index < random.length; index++) {
    if (index % GROUP === 0 && index % CHARACTERS !== 0) text[at++] = DASH;
    text[at++] = ALPHABET[(random[index] ?? 0) & 31] ?? 0;
  }
  const codes = text.toString("latin1");
  return Array.from({ length: count }, (_, index) => codes.slice(index * LENGTH, (index + 1) * LENGTH));
}
