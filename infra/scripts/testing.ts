import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { renderScript } from "./render-script.ts";

/** Answers as an engine's API over its socket does, from `$ANSWERS`: JSON, by path. */
const CURL = `#!/usr/bin/env bash
path=\${*: -1}
jq -c --arg path "\${path#http://docker/v1.44}" '.[$path] // {message: "not found"}' <<<"$ANSWERS"
`;

/** A folder that stands for a host that has booted. Disposing it removes it. */
export class ScratchHost implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param executables stand-ins for what is on the host's PATH, by name: bash that answers. */
  static async make(executables: Record<string, string> = {}): Promise<ScratchHost> {
    const host = new ScratchHost(await mkdtemp(join(tmpdir(), "host-script-")));
    for (const [name, text] of Object.entries({ curl: CURL, ...executables }))
      await writeFile(join(host.folder, name), text, { mode: 0o755 });
    await writeFile(join(host.folder, "boot-result"), "done\n");
    return host;
  }

  /**
   * Starts a rendered script.
   *
   * @param environment what the stand-ins answer from.
   */
  start(script: string, environment: Record<string, string> = {}, verb: "apply" | "remove" = "apply") {
    return execa("bash", ["-s", "--", verb], {
      input: `STATE_DIR=${this.folder}\n${script}`,
      env: { PATH: `${this.folder}:${process.env["PATH"] ?? ""}`, ANSWERS: "{}", ...environment },
    });
  }

  /** Applies a rendered script, and gives what it printed. */
  async run(script: string, environment: Record<string, string> = {}): Promise<string> {
    const { stdout } = await this.start(script, environment);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/**
 * Applies a script of a host that has booted, with a stand-in for the Docker CLI.
 *
 * @param docker the stand-in: bash that answers, and appends what it is told to change to the file
 *   `$UPDATES`, a line each.
 * @param options.answers what the engine's API answers, by path.
 * @param options.environment the script's environment.
 * @returns those lines.
 */
export async function updatesOf(
  script: string,
  values: Parameters<typeof renderScript>[1],
  docker: string,
  { answers = {}, environment = {} }: { answers?: Record<string, unknown>; environment?: Record<string, string> } = {},
): Promise<string[]> {
  await using host = await ScratchHost.make({ docker });
  const UPDATES = join(host.folder, "updates");
  await host.run(renderScript(script, values), { ...environment, UPDATES, ANSWERS: JSON.stringify(answers) });
  return (await readFile(UPDATES, "utf8")).trim().split("\n");
}

/** The stand-in, whose first `docker node update` is refused with these words. */
export function refusingOnce(docker: string, words: string): string {
  return docker.replace(
    '"node update"*)',
    `"node update"*)
    [[ -e $UPDATES.refused ]] || { : >"$UPDATES.refused"; echo "Error response from daemon: rpc error: ${words}" >&2; exit 1; };`,
  );
}
