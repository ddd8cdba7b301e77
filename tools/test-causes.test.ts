import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";

test("each failed test is reported with its error message, and suites and passed tests are not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "causes-"));
  try {
    const file = join(folder, "some.test.mjs");
    await writeFile(
      file,
      `import { describe, it } from "node:test";
      describe("a suite", () => {
        it("that passed", () => {});
        it("that failed", () => { throw Object.assign(new Error("the words\\nof the error"), { inside: "its inside" }); });
      });`,
    );
    const reporter = join(import.meta.dirname, "test-causes.ts");
    // Without this, Node.js skips a test runner inside another one.
    const env = { NODE_TEST_CONTEXT: undefined };
    const { stdout, exitCode } = await execa(process.execPath, ["--test", `--test-reporter=${reporter}`, file], {
      env,
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.equal(stdout, `failed: that failed (${file})\n  the words\n  of the error`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
