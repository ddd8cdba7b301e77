import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { readCommitFile, listCommitFiles, type Base } from "./trees.ts";

/** Returns the stacks of BASE with their names in the working tree. */
export async function stacksSince(checkout: string, base: Base): Promise<Map<string, string>> {
  const [before, after] = [new Map<string, string>(), new Map<string, string>()];
  for (const file of await listCommitFiles(checkout, base)) {
    const stack = stackOf(file);
    if (stack !== undefined) before.set(stack, (await readCommitFile(checkout, base, file)) ?? "");
  }
  for (const file of await readdir(checkout)) {
    const stack = stackOf(file);
    if (stack !== undefined) after.set(stack, await readFile(join(checkout, file), "utf8"));
  }
  return currentNames(before, after);
}

/**
 * Finds the current name of each stack. `pulumi stack rename` renames a stack's file, which keeps
 * its salt.
 *
 * @param before texts of the stacks' files in BASE, by stack.
 * @param after texts of the stacks' files in the working tree, by stack.
 */
export function currentNames(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = [...before].map(([stack, text]) => {
    if (after.has(stack)) return [stack, stack] as const;
    const found = [...after].filter(([name, current]) => !before.has(name) && markOf(current) === markOf(text));
    const [[renamed] = [stack]] = found;
    return [stack, found.length === 1 ? renamed : stack] as const;
  });
  return new Map(names);
}

/** Returns the identity of a stack's file: its salt, or its text without a secret. */
function markOf(text: string): string {
  const { encryptionsalt } = (parse(text) ?? {}) as { encryptionsalt?: unknown };
  return typeof encryptionsalt === "string" ? encryptionsalt : text;
}

function stackOf(file: string): string | undefined {
  return /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(file)?.[1];
}

/** Renames the stack in a state of the engine, or in another text with URNs. */
export function renameInUrns(text: string, project: string, from: string, to: string): string {
  // A text inside a text has escaped quotes.
  const root = new RegExp(`(::pulumi:pulumi:Stack::${project}-)${from.replaceAll(".", "\\.")}(?=[\\\\"])`, "g");
  return text.replaceAll(`urn:pulumi:${from}::`, `urn:pulumi:${to}::`).replaceAll(root, `$1${to}`);
}
