import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { renderScript } from "../script.ts";

/**
 * Applies a script of a host that has booted, with a stand-in for the Docker CLI.
 *
 * @param docker the stand-in: bash that answers, and appends what it is told to change to the file `$UPDATES`, a line each.
 * @returns those lines.
 */
export async function updatesOf(
  script: string,
  values: Parameters<typeof renderScript>[1],
  docker: string,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "host-script-"));
  try {
    await writeFile(join(folder, "docker"), docker, { mode: 0o755 });
    await writeFile(join(folder, "boot-result"), "done\n");
    const UPDATES = join(folder, "updates");
    await execa("bash", ["-s", "--", "apply"], {
      input: renderScript(script, { STATE_DIR: folder, ...values }),
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, UPDATES },
    });
    return (await readFile(UPDATES, "utf8")).trim().split("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}
