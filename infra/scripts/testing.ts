import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { renderScript } from "./render-script.ts";

/** Fake of curl for an engine's API. Answers from the variable ANSWERS: JSON, by path. */
const CURL = `#!/usr/bin/env bash
path=\${*: -1}
jq -c --arg path "\${path#http://docker/v1.44}" '.[$path] // {message: "not found"}' <<<"$ANSWERS"
`;

/** Fake of ip for a host without vxlan interfaces, so that no test changes this machine's. */
const IP = `#!/usr/bin/env bash
`;

/** A folder in place of a host that has booted. Disposing it removes it. */
export class ScratchHost implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param executables scripts in place of programs on the host's PATH, by name. */
  static async make(executables: Record<string, string> = {}): Promise<ScratchHost> {
    const host = new ScratchHost(await mkdtemp(join(tmpdir(), "host-script-")));
    for (const [name, text] of Object.entries({ curl: CURL, ip: IP, ...executables }))
      await writeFile(join(host.folder, name), text, { mode: 0o755 });
    await writeFile(join(host.folder, "boot-result"), "done\n");
    return host;
  }

  /**
   * Starts a rendered script.
   *
   * @param verb the script's argument, such as `apply` or `remove`.
   * @param environment variables for the script and for the fake programs.
   */
  start(script: string, environment: Record<string, string> = {}, verb = "apply") {
    return execa("bash", ["-s", "--", verb], {
      input: `STATE_DIR=${this.folder}\n${script}`,
      env: { PATH: `${this.folder}:${process.env["PATH"] ?? ""}`, ANSWERS: "{}", ...environment },
    });
  }

  /** Runs a rendered script with the verb `apply`, and returns its output. */
  async run(script: string, environment: Record<string, string> = {}): Promise<string> {
    const { stdout } = await this.start(script, environment);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/**
 * Runs a script on a host that has booted, and returns the changes that it makes.
 *
 * @param docker a Bash script in place of the Docker CLI. It appends each change to the file
 *   `$UPDATES`, as a line.
 * @param options.answers answers of the engine's API, by path.
 * @param options.environment environment of the script.
 * @returns the lines of that file.
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

/**
 * Returns the fake Docker CLI, changed to refuse its first `docker node update` with this message.
 */
export function refusingOnce(docker: string, message: string): string {
  return docker.replace(
    '"node update"*)',
    `"node update"*)
    [[ -e $UPDATES.refused ]] || { : >"$UPDATES.refused"; echo "Error response from daemon: rpc error: ${message}" >&2; exit 1; };`,
  );
}
