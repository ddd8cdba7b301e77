import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";

const list = `
  source tools/lib.sh
  umask "$1"; mkdir -p "$2/libs"; touch "$2/Dockerfile" "$2/libs/a.jar"; printf '#!/bin/sh' >"$2/run"; chmod u+x,g+x "$2/run"
  context_of "$2" | tar -tvf - | awk '{ print $1, $2, $6 }'
`;

for (const umask of ["022", "002", "077"]) {
  test(`a build context has the modes that all users of an image need, with umask ${umask}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "context-"));
    try {
      const { stdout } = await execa("bash", ["-euc", list, "bash", umask, folder]);
      assert.deepEqual(stdout.split("\n"), [
        "drwxr-xr-x 0/0 ./",
        "-rw-r--r-- 0/0 ./Dockerfile",
        "drwxr-xr-x 0/0 ./libs/",
        "-rw-r--r-- 0/0 ./libs/a.jar",
        "-rwxr-xr-x 0/0 ./run",
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
