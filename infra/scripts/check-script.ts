import type { ScriptFile } from "./script-file.ts";
import { commandNames } from "./shell-names.ts";

/** The files whose functions and variables a shell file can use besides its own. */
export interface Surroundings {
  /** The library that stands before each script. */
  common: ScriptFile;
  /** The libraries that the file declares, and those that these declare, by name. */
  used: ReadonlyMap<string, ScriptFile>;
  /** All libraries, by name. */
  all: ReadonlyMap<string, ScriptFile>;
}

/** Variables that Bash itself sets, and those that each process of the hosts has. */
const ALWAYS_SET = new Set([
  ...["BASHPID", "BASH_REMATCH", "BASH_SOURCE", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "HOSTNAME", "IFS"],
  ...["LINENO", "MAPFILE", "OPTARG", "OPTIND", "PIPESTATUS", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "UID"],
  ...["HOME", "PATH"],
]);

/**
 * Returns a sentence for each contradiction between a shell file and its header; none when they
 * agree.
 */
export function contradictionsOf(file: ScriptFile, surroundings: Surroundings): string[] {
  const problems = [
    ...missingFunctions(file, surroundings),
    ...idleLibraries(file, surroundings),
    ...repeatedFunctions(file, surroundings),
    ...undeclaredVariables(file, surroundings),
    ...idleVariables(file),
  ];
  return problems.map((problem) => `${file.path}: ${problem}`);
}

function missingFunctions(file: ScriptFile, { common, used, all }: Surroundings): string[] {
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

function idleLibraries(file: ScriptFile, { common, used }: Surroundings): string[] {
  const calls = commandNames(file.names, functionsOf([common, ...used.values(), file]));
  return file.header.uses.flatMap((name) => {
    const { functions, sets } = used.get(name)?.names ?? { functions: new Map(), sets: new Set<string>() };
    const usesIt =
      [...calls].some((call) => functions.has(call)) || [...file.names.reads].some((read) => sets.has(read));
    return usesIt ? [] : [`it uses nothing of the library ${name}; remove ${name} from "# uses:"`];
  });
}

/** A second function of the same name would take the place of the first, unseen. */
function repeatedFunctions(file: ScriptFile, { common, used }: Surroundings): string[] {
  const own = [...file.names.functions.keys()];
  return [common, ...used.values()]
    .filter((library) => library !== file)
    .flatMap((library) =>
      own
        .filter((name) => library.names.functions.has(name))
        .map((name) => `it defines ${name}, as ${library.path} does; give it another name`),
    );
}

function undeclaredVariables(file: ScriptFile, { common, used }: Surroundings): string[] {
  const { header, names } = file;
  const known = new Set([...header.values.keys(), ...header.environment, ...ALWAYS_SET]);
  for (const { names } of [common, ...declared(file, used), file]) for (const name of names.sets) known.add(name);
  return [...names.reads]
    .filter((name) => !known.has(name))
    .map((name) => `it reads ${name}, which nothing sets; add ${name} to "# values:", or to "# environment:"`);
}

function idleVariables({ header, names }: ScriptFile): string[] {
  const idle = (field: string, variables: Iterable<string>) =>
    [...variables]
      .filter((name) => !names.reads.has(name))
      .map((name) => `it does not use ${name}; remove ${name} from "# ${field}:"`);
  return [...idle("values", header.values.keys()), ...idle("environment", header.environment)];
}

function declared(file: ScriptFile, used: ReadonlyMap<string, ScriptFile>): ScriptFile[] {
  return file.header.uses.flatMap((name) => used.get(name) ?? []);
}

function functionsOf(files: readonly ScriptFile[]): ScriptFile["names"]["functions"] {
  return new Map(files.flatMap(({ names }) => [...names.functions]));
}
