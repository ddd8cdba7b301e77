import { readFileSync } from "node:fs";

/** What a script is told: each becomes a read-only shell variable of that name. */
export type ScriptValues = Record<string, string | number | boolean | readonly string[]>;

/**
 * Renders a script for a host: its values as quoted read-only variables, the functions that all scripts share, and the script itself.
 *
 * @param path the script's path from the root of the project.
 * @param libraries more functions that this script uses, by their paths.
 * @throws RangeError when a value's name is not one of a shell variable, or a value holds a NUL, which no shell variable can.
 */
export function renderScript(path: string, values: ScriptValues, libraries: readonly string[] = []): string {
  const header = Object.entries(values).map(([name, value]) => declaration(name, value));
  return ["#!/usr/bin/env bash", ...header, ...["infra/scripts/lib/common.sh", ...libraries, path].map(read)].join(
    "\n",
  );
}

/** The text of one of the project's scripts without its first line, as it stands in a rendered one. */
function read(path: string): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  return text.replace(/^#!.*\n/, "");
}

function declaration(name: string, value: ScriptValues[string]): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new RangeError(`${name} is not a name of a shell variable`);
  if (Array.isArray(value)) return `readonly -a ${name}=(${value.map((item: string) => quote(item)).join(" ")})`;
  return `readonly ${name}=${quote(String(value))}`;
}

/** Quotes a text as one word of a POSIX shell, whatever it holds. */
export function quote(value: string): string {
  if (value.includes("\0")) throw new RangeError("a shell variable can't hold a NUL");
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
