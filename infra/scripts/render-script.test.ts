import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { removeComments } from "./remove-comments.ts";
import { SCRIPTS } from "./render-script.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const paths = globSync(["infra/**/*.sh", "stacks/*.sh", "doctor/**/*.sh", "load-test/hosts/*.sh"], { cwd: root });

test("each script of the project agrees with its header", () => {
  assert.ok(paths.length > 20, `${paths.length} scripts`);
  for (const path of paths) SCRIPTS.check(path);
});

test("Bash understands each script of the project as the same without its comments", () => {
  // Bash prints a function as it parsed it, without its comments.
  const understood = (texts: string[]) => {
    const functions = texts.map((text, index) => `f${index}() {\n${text}\n}`).join("\n");
    return execFileSync("bash", ["-c", `${functions}\ndeclare -f`], { encoding: "utf8" }).split("\n");
  };
  const texts = paths.map((path) => readFileSync(`${root}/${path}`, "utf8"));
  assert.deepEqual(understood(texts.map(removeComments)), understood(texts));
});
