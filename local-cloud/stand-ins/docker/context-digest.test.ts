import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { contextDigest } from "./context-digest.ts";

describe("the digest of a build's context", () => {
  let context: string;
  const file = (name: string) => join(context, name);
  const digest = () => contextDigest(context, file("Dockerfile"));

  beforeEach(async () => {
    context = await mkdtemp(join(tmpdir(), "context-"));
    await mkdir(file("src/dist"), { recursive: true });
    await writeFile(file("Dockerfile"), "FROM scratch\n");
    await writeFile(file("src/a"), "a");
    await writeFile(file("src/dist/b"), "b");
    await writeFile(file(".dockerignore"), "**/dist\n");
  });
  afterEach(async () => rm(context, { recursive: true }));

  const changes: [what: string, change: () => Promise<void>][] = [
    ["a file's contents", () => writeFile(file("src/a"), "other")],
    ["a new file", () => writeFile(file("src/c"), "")],
    ["a file's mode", () => chmod(file("src/a"), 0o755)],
    ["a symbolic link", () => symlink("a", file("src/link"))],
    ["the Dockerfile", () => writeFile(file("Dockerfile"), "FROM debian\n")],
  ];
  for (const [what, change] of changes) {
    it(`changes with ${what}`, async () => {
      const before = digest();
      await change();
      assert.notEqual(digest(), before);
    });
  }

  it("stays when an ignored file changes, and when a file is only touched", async () => {
    const before = digest();
    await writeFile(file("src/dist/b"), "other");
    await utimes(file("src/a"), 0, 0);
    assert.equal(digest(), before);
  });
});
