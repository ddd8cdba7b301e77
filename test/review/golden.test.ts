import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { previewResources } from "../../review/compare.ts";
import { golden } from "../../review/golden.ts";

const checkout = resolve(import.meta.dirname, "../..");
const cache = join(checkout, ".local/test/review/cache");

// All resources and texts of the stacks. A change of infrastructure appears in the pull request's
// own diff.
describe("the golden preview", { concurrency: 2 }, () => {
  for (const stack of ["dev", "local"]) {
    test(`of stack ${stack} is what the program declares`, async () => {
      const work = join(checkout, ".local/test/golden", stack);
      const folder = join(checkout, "test/golden", stack);
      const rendered = golden(await previewResources({ checkout, stack, work, cache }));
      await rm(work, { recursive: true, force: true });
      if (process.env["UPDATE_GOLDEN"] === "1") await write(folder, rendered);
      const kept = await read(folder);
      const advice = "the infrastructure changed: run ./run test --update-golden, and review the changed files";
      assert.deepEqual(Object.keys(kept).sort(), Object.keys(rendered).sort(), advice);
      for (const [path, text] of Object.entries(rendered))
        assert.equal(kept[path], text, `${stack}/${path}: ${advice}`);
    });
  }
});

async function write(folder: string, files: Record<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function read(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}
