import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const english = read("README.md");
const korean = read("README.ko.md");

/** Returns the fenced code blocks of a language. */
const blocksOf = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code);

/** Returns the level of each heading, in order. Comments in code blocks are no headings. */
const headingsOf = (text: string) =>
  [...text.replaceAll(/^```.*?^```$/gms, "").matchAll(/^(#+) /gm)].map(([, marks]) => marks?.length);

/** Returns the targets of all links but the one to the other language. */
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^README/.test(target))
    .sort();

/** Returns the first cells of table rows that hold code: settings and outputs. */
const keysOf = (text: string) => [...text.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell]) => cell);

test("the Korean README has the commands of the English one", () => {
  assert.ok(blocksOf(english, "sh").length > 0);
  assert.deepEqual(blocksOf(korean, "sh"), blocksOf(english, "sh"));
});

test("a block of commands with ./run event adds the load generator first", () => {
  const blocks = [english, read("docs/load-test.md")].flatMap((text) => blocksOf(text, "sh"));
  const tests = blocks.filter((block = "") => /^\.\/run event /m.test(block));
  assert.ok(tests.length > 1);
  for (const block of tests) assert.match(block ?? "", /config set .*loadGenerator k6 && \.\/run up[^]*\.\/run event /);
});

test("the Korean README has the headings of the English one, level by level", () => {
  assert.ok(headingsOf(english).length > 5);
  assert.deepEqual(headingsOf(korean), headingsOf(english));
});

test("the Korean README has the settings, outputs and links of the English one", () => {
  assert.ok(keysOf(english).length > 20);
  assert.deepEqual(keysOf(korean), keysOf(english));
  assert.deepEqual(linksOf(korean), linksOf(english));
});
