import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";

const checkout = join(import.meta.dirname, "..");
const run = (command: string, ...args: string[]) => execa(join(checkout, command), args, { reject: false });

test("./run replay prints its usage, and refuses an unknown option", async () => {
  const helped = await run("tools/commands/replay.sh", "--help");
  assert.equal(helped.exitCode, 0);
  assert.match(helped.stdout, /^Usage: \.\/run replay \[--all\]/);
  const refused = await run("tools/commands/replay.sh", "--every");
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /^error: there is no option --every\n\nUsage: /);
});

test("./run test --changed refuses a BASE that git can't find", async () => {
  for (const base of ["nosuch", "--help"]) {
    const { exitCode, stderr } = await execa("node", [join(checkout, "tools/changed/main.ts"), base], {
      reject: false,
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`^error: BASE is "${base}", which git can't find\\n`));
    assert.match(stderr, /Usage: .\/run test --changed \[BASE\]$/);
  }
});
