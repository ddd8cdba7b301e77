import assert from "node:assert/strict";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Clone } from "./support/clone.ts";

// Exit code and output of ./run review, on a change in a clone.
describe("the review command", () => {
  let clone: Clone;

  before(async () => {
    clone = await Clone.make("command");
  });
  after(async () => {
    await clone.dispose();
  });

  test("exits with 0 if nothing is changed", async () => {
    await clone.edit([]);
    const { exitCode, stdout, stderr } = await clone.command("main");
    assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /^## Infrastructure review: nothing changes$/m);
    assert.match(stdout, /^### Stack dev: nothing changes$/m);
    assert.match(stdout, /^### Stack local: nothing changes$/m);
    assert.equal(stdout.match(/Guardrails: no new violation\./g)?.length, 2);
  });

  test("exits with 2 and the compiler's errors if the program doesn't compile", async () => {
    await clone.edit([{ file: "infra/components/tags.ts", from: "Stack: getStack()", to: "Stack: 7" }]);
    const { exitCode, stdout, stderr } = await clone.command("main", "--stack", "local");
    assert.equal(exitCode, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /can't review the change: the program doesn't compile/);
    assert.match(
      stderr,
      /infra\/components\/tags\.ts\(\d+,\d+\): error TS2322: Type 'number' is not assignable to type 'string'/,
    );
  });

  test("exits with 2 if it can't find BASE, and says what is allowed", async () => {
    await clone.edit([]);
    const { exitCode, stderr } = await clone.command("no-such-branch");
    assert.equal(exitCode, 2);
    assert.match(stderr, /BASE is "no-such-branch", which git can't find/);
    assert.match(stderr, /Allowed: a commit, a branch or a tag/);
  });

  test("exits with 2 if the file of exceptions is faulty, and says what is allowed", async () => {
    const entry = `{ rule: private-database, stack: dev, subject: database, reason: A migration, until: soon }`;
    await clone.edit([{ file: "policy/exceptions.yaml", from: "exceptions: []", to: `exceptions:\n  - ${entry}` }]);
    const { exitCode, stdout, stderr } = await clone.command("main", "--stack", "local");
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "error: can't review the change: policy/exceptions.yaml can't be used\n" +
        `  exceptions[0].until is "soon", allowed is a day as 2026-12-31`,
    );
  });

  test("exits with 2 and the engine's errors if the program fails", async () => {
    await clone.edit([{ file: "Pulumi.local.yaml", from: "config:\n", to: "config:\n  gifticon-event:workers: 99\n" }]);
    const { exitCode, stderr } = await clone.command("main", "--stack", "local");
    assert.equal(exitCode, 2);
    assert.match(stderr, /the engine can't preview stack local/);
    assert.match(stderr, /gifticon-event:workers is 99, allowed is a whole number from 1 to 50/);
  });

  test("exits with 1 if a mandatory guardrail is broken, with the same output each time", async () => {
    await clone.edit([
      { file: "infra/components/host.ts", from: "httpPutResponseHopLimit: 1", to: "httpPutResponseHopLimit: 2" },
    ]);
    const first = await clone.command("main", "--stack", "local");
    assert.equal(first.exitCode, 1, first.stderr);
    assert.match(first.stdout, /❌ `imds-v2`: `worker-1` metadataOptions\.httpPutResponseHopLimit is not 1/);
    assert.equal((await clone.command("main", "--stack", "local")).stdout, first.stdout);
  });

  test("follows a stack that was renamed: nothing is replaced or deleted, and physical names stay", async () => {
    await clone.edit([]);
    const [before, after] = ["local", "christmas"].map((stack) => join(clone.folder, `Pulumi.${stack}.yaml`));
    assert.ok(before !== undefined && after !== undefined);
    await rename(before, after);
    try {
      const { exitCode, stdout, stderr } = await clone.command("main");
      // A guardrail lets only the database of stack local go without protection.
      assert.equal(exitCode, 1, stderr);
      assert.match(stdout, /^\*\*Guardrails, broken before:\*\*\n\n- ❌ `deletion-protection`/m);
      assert.match(stdout, /^### Stack dev: nothing changes$/m);
      assert.match(stdout, /^### Stack christmas: updates in place$/m);
      assert.match(stdout, /^\d+ to update in place\.$/m);
      assert.match(
        stdout,
        /`kafka-host-key` \| ssm\.Parameter \| `tags\.Name` .*; `tags\.Stack` `local` → `christmas` \|$/m,
      );
    } finally {
      await rm(after);
    }
  });

  test("reads no encrypted value, and names the settings that have one", async () => {
    await clone.edit([
      { file: "Pulumi.local.yaml", from: "ami: ami-0d13d13d13d13d130", to: "ami: { secure: v1:AAAA:BBBB }" },
      { file: "Pulumi.local.yaml", from: "config:\n", to: "config:\n  aws:token: { secure: v1:CCCC:DDDD }\n" },
    ]);
    const { exitCode, stdout, stderr } = await clone.command("main", "--stack", "local");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^### Stack local: nothing changes$/m);
    assert.match(stdout, /^- `aws:token`: changed secret$/m);
    assert.match(stdout, /^- `gifticon-event:hosts\.ami`: changed secret$/m);
    assert.match(stdout, /^- `aws:token is encrypted: its value is not looked at`$/m);
    assert.doesNotMatch(stdout, /AAAA|BBBB|CCCC|DDDD/);
  });
});
