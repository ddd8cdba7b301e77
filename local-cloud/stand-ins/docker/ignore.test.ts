import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dockerignore } from "./ignore.ts";

describe(".dockerignore", () => {
  const cases: [rules: string, path: string, ignored: boolean][] = [
    ["dist", "dist/a/b", true],
    ["dist/", "dist/a", true],
    ["/dist", "dist", true],
    ["dist", "src/dist", false],
    ["**/dist", "src/deep/dist/file", true],
    ["**/dist", "dist", true],
    ["*.md", "README.md", true],
    ["*.md", "docs/README.md", false],
    ["docs/**/*.md", "docs/a/b/c.md", true],
    ["docs/**/*.md", "docs/c.md", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[ab].txt", "b.txt", true],
    ["[ab].txt", "c.txt", false],
    ["a.c", "abc", false],
    ["*\n!keep", "keep/file", false],
    ["*\n!keep\nkeep/not", "keep/not", true],
    ["# dist", "dist", false],
    ["  dist  ", "dist", true],
    ["./dist", "dist", true],
  ];
  for (const [rules, path, ignored] of cases) {
    it(`${JSON.stringify(rules)} ${ignored ? "leaves out" : "keeps"} ${path}`, () => {
      assert.equal(dockerignore(rules)(path), ignored);
    });
  }
});
