import { createHash } from "node:crypto";

/** A file's name and its content. */
export type NamedContent = readonly [name: string, content: string | Buffer];

/**
 * Returns the first digits of a SHA-256 over files, in hexadecimal. The order of the files counts.
 */
export function hashFiles(files: Iterable<NamedContent>, digits: number): string {
  const hash = createHash("sha256");
  for (const [name, content] of files) hash.update(`${name}\0`).update(content).update("\0");
  return hash.digest("hex").slice(0, digits);
}
