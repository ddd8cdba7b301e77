import type { ScriptFile } from "./script-file.ts";
import { commandNames } from "./shell-names.ts";

/** Files whose functions and variables a shell file can use besides its own. */
export interface ScriptContext {
  /** The library that is put before each script. */
  common: ScriptFile;
  /** Libraries that the file declares, and those that these declare in turn, by name. */
  used: ReadonlyMap<string, ScriptFile>;
  /** All libraries, by name. */
  all: ReadonlyMap<string, ScriptFile>;
}

/** Variables that Bash sets, and those that every process on the hosts has. */
const ALWAYS_SET = new Set([
  ...["BASHPID", "BASH_REMATCH", "BASH_SOURCE", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "HOSTNAME", "IFS"],
  ...["LINENO", "MAPFILE", "OPTARG", "OPTIND", "PIPESTATUS", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "UID"],
  ...["HOME", "PATH"],
]);

/**
 * Returns a sentence for each contradiction between a shell file and its header. Returns none when
 * they agree.
 */
export function headerErrors(file: ScriptFile, context: ScriptContext): string[] {
  const problems = [
    ...undeclaredFunctions(file, context),
    ...unusedLibraries(file, context),
    ...redefinedFunctions(file, context),
    ...undeclaredVariables(file, context),
    ...unusedVariables(file),
    ...overwrittenValues(file),
  ];
  return problems.map((problem) => `${file.path}: ${problem}`);
}

function undeclaredFunctions(file: ScriptFile, { common, used, all }: ScriptContext): string[] {
  const reachable = functionsOf([common, ...used.values(), file]);
  const direct = functionsOf([common, ...declared(file, used), file]);
  return [...commandNames(file.names, reachable)].flatMap((name) => {
    if (direct.has(name)) return [];
    const [owner] = [...all].find(([, library]) => library.names.functions.has(name)) ?? [];
    if (owner !== undefined) return [`it calls ${name} of the library ${owner}; add ${owner} to "# uses:"`];
    // No program on the hosts has such a name.
    return name.includes("_") && /^[a-z]\w*$/.test(name) ? [`it calls ${name}, which nothing defines`] : [];
  });
}

function unusedLibraries(file: ScriptFile, { common, used }: ScriptContext): string[] {
  const calls = commandNames(file.names, functionsOf([common, ...used.values(), file]));
  return file.header.uses.flatMap((name) => {
    const { functions, sets } = used.get(name)?.names ?? { functions: new Map(), sets: new Set<string>() };
    const usesIt =
      [...calls].some((call) => functions.has(call)) || [...file.names.reads].some((read) => sets.has(read));
    return usesIt ? [] : [`it uses nothing of the library ${name}; remove ${name} from "# uses:"`];
  });
}

/** Reports functions of one name: the later one would silently replace the earlier one. */
function redefinedFunctions(file: ScriptFile, { common, used }: ScriptContext): string[] {
  const owners = new Map<string, ScriptFile>();
  const problems: string[] = [];
  for (const definer of new Set([common, ...used.values(), file]))
    for (const name of definer.names.functions.keys()) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, definer);
      else if (definer === file) problems.push(`it defines ${name}, as ${owner.path} does; give it another name`);
      else problems.push(`it uses ${owner.path} and ${definer.path}, which both define ${name}; rename one`);
    }
  return problems;
}

function undeclaredVariables(file: ScriptFile, { common, used }: ScriptContext): string[] {
  const { header, names } = file;
  const known = new Set([...header.values.keys(), ...header.environment, ...ALWAYS_SET]);
  for (const { names } of [common, ...declared(file, used), file]) for (const name of names.sets) known.add(name);
  return [...names.reads]
    .filter((name) => !known.has(name))
    .map((name) => `it reads ${name}, which nothing sets; add ${name} to "# values:", or to "# environment:"`);
}

function overwrittenValues({ header, names }: ScriptFile): string[] {
  return [...header.values.keys()]
    .filter((name) => names.sets.has(name))
    .map((name) => `it sets ${name}, but a value is read-only; give the variable another name`);
}

function unusedVariables({ header, names }: ScriptFile): string[] {
  const unused = (field: string, variables: Iterable<string>) =>
    [...variables]
      .filter((name) => !names.reads.has(name))
      .map((name) => `it does not use ${name}; remove ${name} from "# ${field}:"`);
  return [...unused("values", header.values.keys()), ...unused("environment", header.environment)];
}

function declared(file: ScriptFile, used: ReadonlyMap<string, ScriptFile>): ScriptFile[] {
  return file.header.uses.flatMap((name) => used.get(name) ?? []);
}

function functionsOf(files: readonly ScriptFile[]): ScriptFile["names"]["functions"] {
  return new Map(files.flatMap(({ names }) => [...names.functions]));
}
