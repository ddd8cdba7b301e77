import { fileURLToPath } from "node:url";
import { SCRIPT_FACTS } from "./script-facts.ts";
import { ShellScripts, type ScriptValues } from "./shell-scripts.ts";

export type { ScriptValues } from "./shell-scripts.ts";

/** The shell scripts of this project. */
export const SCRIPTS = new ShellScripts(
  fileURLToPath(new URL("../../", import.meta.url)),
  "infra/scripts/lib",
  SCRIPT_FACTS,
);

/**
 * Renders one of the project's scripts for a host (see `ShellScripts.render`).
 *
 * @param path the script's path from the root of the project.
 * @param values the values that the headers of the script and its libraries declare, except the
 *   facts of `script-facts.ts`.
 * @param triggers more variables, which the script does not read. A changed one changes the text.
 * @throws ScriptError when the values, the script and the headers don't agree.
 */
export function renderScript(path: string, values: ScriptValues, triggers?: ScriptValues): string {
  return SCRIPTS.render(path, values, triggers);
}
