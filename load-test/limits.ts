import type { GeneratorLimits } from "./record.ts";

/** Files that k6 has open besides the users' connections. */
const OWN_FILES = 100;

/** Reads what k6/limits.sh tells. */
export function parseLimits(text: string): GeneratorLimits {
  const [limits = "", version = ""] = text.split("\n");
  const [openFiles = 0, first = 0, last = 0, cores = 0] = limits.split(" ").map(Number);
  return { version, openFiles, ports: { first, last }, cores };
}

/** Why a generator with these limits can't hold so many users; undefined when it can. */
export function refusalOf({ openFiles }: GeneratorLimits, users: number): string | undefined {
  const needed = users + OWN_FILES;
  if (openFiles >= needed) return undefined;
  return `the generator may open ${openFiles} files, and ${users} users need ${needed}: --users ${Math.max(1, openFiles - OWN_FILES)}`;
}
