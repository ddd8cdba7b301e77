import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";

test("a build shows its progress and the compiler's messages, and no downloads", async () => {
  const script =
    "set -euo pipefail; source tools/lib.sh; source tools/packages.sh; source tools/pulumi.sh; count_packages 3 0";
  const { stdout, stderr } = await execa("bash", ["-c", script], {
    cwd: join(import.meta.dirname, ".."),
    input: "go: downloading go.k6.io/k6 v1.8.1\nfmt\ngo.k6.io/k6: no space left\ngo.k6.io/k6\n",
  });
  assert.equal(stdout, "");
  assert.deepEqual(stderr.split("\n"), [
    "==>   1 of 3 packages",
    "go.k6.io/k6: no space left",
    "==>   2 of 3 packages",
  ]);
});
