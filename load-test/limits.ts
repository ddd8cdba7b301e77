import type { GeneratorLimits } from "./record.ts";

/** Number of files that k6 opens besides the users' connections. */
const OWN_FILES = 100;

/** Parses the output of k6/limits.sh. */
export function parseLimits(text: string): GeneratorLimits {
  const [limits = "", version = ""] = text.split("\n");
  const [openFiles = 0, first = 0, last = 0, cores = 0] = limits.split(" ").map(Number);
  return { version, openFiles, ports: { first, last }, cores };
}

/** Returns why a generator can't run that many users, or undefined when it can. */
export function refusalOf({ openFiles }: GeneratorLimits, users: number): string | undefined {
  const needed = users + OWN_FILES;
  if (openFiles >= needed) return undefined;
  return `the generator may open ${openFiles} files, and ${users} users need ${needed}: --users ${Math.max(1, openFiles - OWN_FILES)}`;
}
