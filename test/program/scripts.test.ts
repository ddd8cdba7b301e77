import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runProgram } from "./support/run-program.ts";

const checkout = fileURLToPath(new URL("../../", import.meta.url));
/** Those of two words or more: a single one may be anything else as well. */
const FUNCTION = /^([a-z]+(?:_[a-z]+)+)\(\) \{/gm;
const COMMENT = /^\s*#.*$/gm;

const functionsOf = (script: string): string[] => [...script.matchAll(FUNCTION)].map(([, name = ""]) => name);

test("a script has every function that it names, in every form of the environment", async () => {
  const files = globSync(["infra/scripts/**/*.sh", "stacks/*.sh"], { cwd: checkout });
  const known = new Set(files.flatMap((file) => functionsOf(readFileSync(join(checkout, file), "utf8"))));
  const runs = [
    await runProgram({ "gifticon-event:loadGenerator": "k6" }),
    await runProgram({ "gifticon-event:managers": "3", "gifticon-event:mode": "direct" }),
  ];
  const scripts = runs
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === "command:remote:Command")
    .map(({ name, inputs }) => ({ name, text: String(inputs["stdin"]).replaceAll(COMMENT, "") }));
  assert.ok(scripts.length > 30 && known.size > 30, `${scripts.length} scripts, ${known.size} functions`);
  const missing = scripts.flatMap(({ name, text }) => {
    const own = new Set(functionsOf(text));
    const named = (word: string) => new RegExp(`\\b${word}\\b`).test(text);
    return [...known].filter((word) => !own.has(word) && named(word)).map((word) => `${name}: ${word}`);
  });
  assert.deepEqual(missing, []);
});
