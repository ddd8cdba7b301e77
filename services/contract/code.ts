import { randomBytes } from "node:crypto";

/** Crockford's base 32: no I, L, O or U, so a code can be read aloud and typed. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS = 16;

/**
 * New gifticon codes like `7K3M-Q9TX-0B5R-ZV2H`: 80 random bits each, so that a guess hits one of a million issued codes once in 10^18 tries.
 */
export function newCodes(count: number): string[] {
  const random = randomBytes(count * CHARACTERS);
  return Array.from({ length: count }, (_, index) => {
    let code = "";
    for (let position = 0; position < CHARACTERS; position++) {
      if (position > 0 && position % 4 === 0) code += "-";
      code += ALPHABET.charAt(random.readUInt8(index * CHARACTERS + position) & 31);
    }
    return code;
  });
}
