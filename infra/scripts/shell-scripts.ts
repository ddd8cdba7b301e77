import { readdirSync } from "node:fs";
import { join } from "node:path";
import { headerErrors } from "./header-errors.ts";
import { quote } from "./quote.ts";
import { readScriptFile, ScriptError, type ScriptFile } from "./script-file.ts";
import type { ValueForm } from "./script-header.ts";

/** Values of a script. Each becomes a read-only shell variable of that name. */
export type ScriptValues = Record<string, string | number | boolean | readonly string[]>;

/** The library that is put before each script. No header declares it. */
const COMMON = "common";

/** The shell scripts of a project and the libraries that they share. */
export class ShellScripts {
  readonly #root: string;
  readonly #libraryFolder: string;
  readonly #facts: ScriptValues;
  readonly #files = new Map<string, ScriptFile>();
  readonly #checked = new Set<string>();

  /**
   * @param root the project's folder.
   * @param libraryFolder the folder of the libraries, from `root`. A library's name is that of its
   *   file without `.sh`.
   * @param facts values that every script can declare and that no caller passes.
   */
  constructor(root: string, libraryFolder: string, facts: ScriptValues = {}) {
    this.#root = root;
    this.#libraryFolder = libraryFolder;
    this.#facts = facts;
  }

  /**
   * Renders a script for a host: its values as quoted read-only variables, the libraries that its
   * header declares, and the script itself. Comments and blank lines are omitted, so that a changed
   * comment changes nothing on the hosts.
   *
   * @param path the script's path from the root of the project.
   * @param values the values that the headers of the script and its libraries declare, except
   *   facts.
   * @param triggers more variables, which no script reads. A changed one changes the text.
   * @throws ScriptError when the script, its header and the values don't agree.
   * @throws RangeError when a value contains a NUL, which no shell variable can hold.
   */
  render(path: string, values: ScriptValues, triggers: ScriptValues = {}): string {
    this.check(path);
    const files = [this.#library(COMMON), ...this.#librariesOf(path).values(), this.#file(path)];
    const facts = this.#factsOf(files);
    const problems = [
      ...factErrors(this.#facts, values),
      ...valueErrors(files, { ...facts, ...values }),
      ...triggerErrors(files, triggers),
    ];
    if (problems.length > 0) throw new ScriptError(problems.map((problem) => `${path}: ${problem}`));
    const variables = Object.entries({ ...facts, ...values, ...triggers }).map(([name, value]) =>
      declaration(name, value),
    );
    const bodies = [...new Set(files)].map(({ body }) => body);
    return ["#!/usr/bin/env bash\n", ...variables, ...bodies].join("");
  }

  /**
   * Checks a script and its libraries against their headers. Needs no values.
   *
   * @throws ScriptError when they don't agree.
   */
  check(path: string): void {
    if (this.#checked.has(path)) return;
    const file = this.#file(path);
    const used = this.#librariesOf(path);
    const problems = headerErrors(file, { common: this.#library(COMMON), used, all: this.#allLibraries() });
    if (problems.length > 0) throw new ScriptError(problems);
    this.#checked.add(path);
    for (const library of used.values()) this.check(library.path);
  }

  /**
   * Returns the libraries that a script declares and those that these declare in turn, by name.
   * Each comes after those that it uses.
   */
  #librariesOf(
    path: string,
    found = new Map<string, ScriptFile>(),
    visited = new Set<string>(),
  ): Map<string, ScriptFile> {
    for (const name of this.#file(path).header.uses) {
      if (visited.has(name)) continue;
      visited.add(name);
      const others = this.#libraryNames().filter((library) => library !== COMMON);
      if (!others.includes(name))
        throw new ScriptError([`${path}: "# uses:" names ${name}, but the libraries are ${others.join(", ")}`]);
      const library = this.#library(name);
      this.#librariesOf(library.path, found, visited);
      found.set(name, library);
    }
    return found;
  }

  /** Returns the facts that files declare. */
  #factsOf(files: readonly ScriptFile[]): ScriptValues {
    const declared = new Set(files.flatMap(({ header }) => [...header.values.keys()]));
    return Object.fromEntries(Object.entries(this.#facts).filter(([name]) => declared.has(name)));
  }

  #allLibraries(): Map<string, ScriptFile> {
    return new Map(this.#libraryNames().map((name) => [name, this.#library(name)]));
  }

  #libraryNames(): string[] {
    return readdirSync(join(this.#root, this.#libraryFolder))
      .filter((file) => file.endsWith(".sh"))
      .map((file) => file.slice(0, -".sh".length));
  }

  #library(name: string): ScriptFile {
    return this.#file(`${this.#libraryFolder}/${name}.sh`);
  }

  #file(path: string): ScriptFile {
    const known = this.#files.get(path) ?? readScriptFile(this.#root, path);
    this.#files.set(path, known);
    return known;
  }
}

function factErrors(facts: ScriptValues, values: ScriptValues): string[] {
  return Object.keys(values)
    .filter((name) => name in facts)
    .map((name) => `the value ${name} is a fact of the project; no caller gives it`);
}

function valueErrors(files: readonly ScriptFile[], values: ScriptValues): string[] {
  const declared = new Map(files.flatMap(({ header }) => [...header.values]));
  const given = new Set(Object.keys(values));
  const list = (names: Iterable<string>) => [...names].join(", ") || "none";
  return [
    ...[...given]
      .filter((name) => !declared.has(name))
      .map((name) => `the value ${name} is not declared; declared are ${list(declared.keys())}`),
    ...[...declared.keys()]
      .filter((name) => !given.has(name))
      .map((name) => `the value ${name} is missing; given are ${list(given)}`),
    ...[...declared].flatMap(([name, form]) => formErrors(name, form, values[name])),
  ];
}

function formErrors(name: string, form: ValueForm, value: ScriptValues[string] | undefined): string[] {
  if (value === undefined || Array.isArray(value) === (form === "list")) return [];
  return form === "list"
    ? [`the value ${name} is one text, but ${name}[] declares a list`]
    : [`the value ${name} is a list, but ${name} declares one text; declare ${name}[]`];
}

function triggerErrors(files: readonly ScriptFile[], triggers: ScriptValues): string[] {
  return Object.keys(triggers).flatMap((name) => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return [`the trigger "${name}" is not the name of a variable, as NAME`];
    const reader = files.find(({ names }) => names.reads.has(name) || names.sets.has(name));
    return reader === undefined ? [] : [`the trigger ${name} is used by ${reader.path}; give it as a value`];
  });
}

function declaration(name: string, value: ScriptValues[string]): string {
  if (Array.isArray(value)) return `readonly -a ${name}=(${value.map((item: string) => quote(item)).join(" ")})\n`;
  return `readonly ${name}=${quote(String(value))}\n`;
}
