import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { privateDatabase } from "./database.ts";
import { readExceptions, sortOut, type Exception } from "./exceptions.ts";
import { rules } from "./rules.ts";

const exception: Exception = {
  rule: privateDatabase.id,
  stack: "dev",
  subject: "database",
  reason: "Migration from the old environment",
  until: "2026-12-31",
};
const violation = { rule: privateDatabase, subject: "database", message: "is public" };

test("an exception lets its violation pass through its last day", () => {
  const open = (today: string, stack = "dev") => sortOut([violation], stack, [exception], today).violations.length;
  assert.equal(open("2026-12-31"), 0);
  assert.equal(open("2027-01-01"), 1);
  assert.equal(open("2026-12-31", "production"), 1);
  assert.equal(sortOut([{ ...violation, subject: "other" }], "dev", [exception], "2026-01-01").violations.length, 1);
});

test("an exception without a reason, an end, or a rule that exists is refused", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "exceptions-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (entry: object) => {
    const path = join(folder, "exceptions.yaml");
    writeFileSync(path, JSON.stringify({ exceptions: [entry] }));
    return readExceptions(pathToFileURL(path));
  };
  assert.deepEqual(read(exception), [exception]);
  assert.throws(() => read({ ...exception, reason: "" }), /a sentence that says why/);
  assert.throws(() => read({ ...exception, until: "soon" }), /a day as 2026-12-31/);
  assert.throws(() => read({ ...exception, rule: "no-such-rule" }), /one of imds-v2/);
  assert.ok(Array.isArray(readExceptions()));
});

test("rules have ids of their own, and say why and from where", () => {
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id, reason, source } of rules) assert.ok(reason.length > 20 && source.length > 5, id);
});
