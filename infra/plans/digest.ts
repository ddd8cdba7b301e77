import { createHash } from "node:crypto";

/**
 * Returns 12 hexadecimal digits of a text's SHA-256: enough to tell versions apart in a name or a
 * list.
 */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
