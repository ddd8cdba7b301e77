import { readFileSync } from "node:fs";
import { removeComments } from "./remove-comments.ts";
import { readHeader, type ScriptHeader } from "./script-header.ts";
import { shellNames, type ShellNames } from "./shell-names.ts";

/** A shell script or a library of shell functions. */
export interface ScriptFile {
  /** Path from the root of the project. */
  path: string;
  header: ScriptHeader;
  names: ShellNames;
  /** The text without its first line, comments and blank lines. */
  body: string;
}

/** Shell files can't be rendered. The error has all their problems. */
export class ScriptError extends Error {
  readonly code = "SCRIPT_INVALID";
  /** A sentence for each problem. It begins with the file's path. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("\n"), options);
    this.name = "ScriptError";
    this.problems = problems;
  }
}

/**
 * Reads a shell file.
 *
 * @throws ScriptError when the file is missing, is not valid Bash or has a wrong header.
 */
export function readScriptFile(root: string, path: string): ScriptFile {
  try {
    const text = readFileSync(`${root}/${path}`, "utf8");
    return {
      path,
      header: readHeader(text),
      names: shellNames(text),
      body: removeComments(text.replace(/^#!.*\n/, "\n")),
    };
  } catch (error) {
    throw new ScriptError([`${path}: ${error instanceof Error ? error.message : String(error)}`], { cause: error });
  }
}
