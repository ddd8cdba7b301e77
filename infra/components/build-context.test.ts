import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { execa } from "execa";
import { contextDigest } from "../../local-cloud/stand-ins/docker/context-digest.ts";
import { makeBuildContext } from "./build-context.ts";

const source = { folder: "stacks/tool", files: ["Dockerfile", "bin", "dist/main.js"] };
const contents = {
  Dockerfile: "FROM scratch\nCOPY bin/ /\n",
  ".dockerignore": "*\n!bin\n!dist/main.js\n",
  "bin/run": "#!/bin/sh\n",
  "bin/words": "text\n",
  "dist/main.js": "//\n",
};

describe("a build context", () => {
  const folders: string[] = [];
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  /** Creates a checkout as git does with that umask. Each has other times. */
  async function checkout(umask: number): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), "checkout-"));
    folders.push(root);
    const before = process.umask(umask);
    try {
      for (const [name, text] of Object.entries(contents)) {
        const path = join(root, source.folder, name);
        await mkdir(join(path, ".."), { recursive: true });
        await writeFile(path, text, { mode: name === "bin/run" ? 0o777 : 0o666 });
        await utimes(path, folders.length, folders.length);
      }
      makeBuildContext("tool", source, root);
    } finally {
      process.umask(before);
    }
    return root;
  }

  /** Returns everything of a context that a builder copies into an image or the plugin compares. */
  async function seen(root: string): Promise<unknown> {
    const { path, hash } = makeBuildContext("tool", source, root);
    const folder = join(root, path);
    const names = ["", ...(await readdir(folder, { recursive: true })).sort()];
    const entries = names.map(async (name) => {
      const { mode, mtimeMs } = await stat(join(folder, name));
      return [name, (mode & 0o7777).toString(8), mtimeMs];
    });
    return [hash, contextDigest(folder, join(folder, "Dockerfile")), await Promise.all(entries)];
  }

  it("is the same for any umask of the checkout, and all users may read it", async () => {
    const usual = await seen(await checkout(0o022));
    for (const umask of [0o002, 0o077]) assert.deepEqual(await seen(await checkout(umask)), usual);
    assert.deepEqual((usual as unknown[])[2], [
      ["", "755", 0],
      [".dockerignore", "644", 0],
      ["Dockerfile", "644", 0],
      ["bin", "755", 0],
      ["bin/run", "755", 0],
      ["bin/words", "644", 0],
      ["dist", "755", 0],
      ["dist/main.js", "644", 0],
    ]);
  });

  it("is corrected when its files come from another umask or another version", async () => {
    const root = await checkout(0o022);
    const before = await seen(root);
    const folder = join(root, "dist/images/tool");
    await chmod(join(folder, "bin/run"), 0o600);
    await writeFile(join(folder, "dist/main.js"), "old");
    await writeFile(join(folder, "bin/gone"), "gone");
    assert.deepEqual(await seen(root), before);
  });

  it("has another digest and hash after a change of a file", async () => {
    const root = await checkout(0o022);
    const { hash } = makeBuildContext("tool", source, root);
    await writeFile(join(root, source.folder, "bin/words"), "other\n");
    const changed = makeBuildContext("tool", source, root);
    assert.notEqual(changed.hash, hash);
    assert.equal(await readFile(join(root, changed.path, "bin/words"), "utf8"), "other\n");
  });

  it("contains no other files of the folder", async () => {
    const root = await checkout(0o022);
    const before = await seen(root);
    await writeFile(join(root, source.folder, "dist/left-by-another-version.js"), "");
    assert.deepEqual(await seen(root), before);
  });

  it("names a missing file", async () => {
    const root = await checkout(0o022);
    assert.throws(() => makeBuildContext("tool", { ...source, files: ["Dockerfile", "absent"] }, root), /absent/);
  });

  it("is made by several runs of the program at the same time", async () => {
    const root = await checkout(0o022);
    const module = join(import.meta.dirname, "build-context.ts");
    const run = async (version: string) => {
      const folder = `${source.folder}-${version}`;
      await cp(join(root, source.folder), join(root, folder), { recursive: true });
      await writeFile(join(root, folder, "dist/main.js"), `// ${version}\n`);
      const arguments_ = JSON.stringify(["tool", { ...source, folder }, root]).slice(1, -1);
      const program = `import { makeBuildContext } from ${JSON.stringify(module)};
        for (let round = 0; round < 200; round += 1) makeBuildContext(${arguments_});`;
      await execa("node", ["--input-type=module-typescript", "--eval", program]);
    };
    await Promise.all([run("one"), run("two"), run("three")]);
  });
});
