import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { renderScript } from "../script.ts";

/** Answers as a manager's engine with four nodes would, and writes down how they are updated. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  "node ls"*) printf '%s\\n' n0 n1 n2 n3 ;;
  "node inspect"*) printf '%s\\n' "n0 drain manager" "n1 active worker-1" "n2 active worker-2" "n3 pause kafka" ;;
  "node update"*) printf '%s\\n' "$*" >>"$UPDATES" ;;
esac
`;

test("a host that is no longer declared gets no new tasks, one that is again does, and nothing else changes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "swarm-roster-"));
  try {
    await writeFile(join(folder, "docker"), DOCKER, { mode: 0o755 });
    const UPDATES = join(folder, "updates");
    await execa("bash", ["-s", "--", "apply"], {
      input: renderScript("infra/host/swarm-roster.sh", { HOSTS: ["worker-1", "kafka"] }),
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, UPDATES },
    });
    assert.deepEqual((await readFile(UPDATES, "utf8")).trim().split("\n"), [
      "node update --availability pause n2",
      "node update --availability active n3",
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
