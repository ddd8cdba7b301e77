import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { privateDatabase } from "./database.ts";
import { ExceptionsError } from "./exceptions-file.ts";
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

test("an exception covers its violation through its last day", () => {
  const open = (today: string, stack = "dev") => sortOut([violation], stack, [exception], today).violations.length;
  assert.equal(open("2026-12-31"), 0);
  assert.equal(open("2027-01-01"), 1);
  assert.equal(open("2026-12-31", "production"), 1);
  assert.equal(sortOut([{ ...violation, subject: "other" }], "dev", [exception], "2026-01-01").violations.length, 1);
});

/** Returns a reader that writes its argument to a file and reads that file. */
function reading(t: TestContext): (content: unknown) => Exception[] {
  const folder = mkdtempSync(join(tmpdir(), "exceptions-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return (content) => {
    const path = join(folder, "exceptions.yaml");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return readExceptions(pathToFileURL(path));
  };
}

test("an exception without a reason, an end, or a rule that exists is refused by key, value and what is allowed", (t) => {
  const read = reading(t);
  const refused = (changed: object, ...problems: (string | RegExp)[]) => {
    assert.throws(
      () => read({ exceptions: [exception, { ...exception, ...changed }] }),
      (error: unknown) => {
        assert.ok(error instanceof ExceptionsError);
        assert.match(error.message, /^policy\/exceptions\.yaml can't be used:\n {2}exceptions\[1\]\./);
        assert.equal(error.problems.length, problems.length);
        for (const [index, problem] of problems.entries()) {
          if (typeof problem === "string") assert.equal(error.problems[index], problem);
          else assert.match(error.problems[index] ?? "", problem);
        }
        return true;
      },
    );
  };
  assert.deepEqual(read({ exceptions: [exception] }), [exception]);
  refused({ reason: "" }, 'exceptions[1].reason is "", allowed is a sentence that says why');
  refused({ until: "soon" }, 'exceptions[1].until is "soon", allowed is a day as 2026-12-31');
  refused({ until: undefined }, "exceptions[1].until is missing: a day as 2026-12-31");
  refused({ rule: "no-such-rule" }, /^exceptions\[1\]\.rule is "no-such-rule", allowed is one of imds-v2, .*tagged$/);
  refused({ stack: 7 }, "exceptions[1].stack is 7, allowed is the name of a stack");
  refused({ why: "x" }, "exceptions[1].why is not a key of it: correct or remove it");
  refused({ stack: "", until: 1 }, /\.stack is ""/, /\.until is 1/);
});

test("a file that isn't a map of exceptions is refused", (t) => {
  const read = reading(t);
  const refused = (content: unknown, problem: RegExp) => {
    assert.throws(
      () => read(content),
      (error: unknown) => error instanceof ExceptionsError && problem.test(error.problems.join("\n")),
      String(problem),
    );
  };
  refused("exceptions: [", /^it is no YAML: .* at line 1, column \d+$/);
  refused("", /^all of it is null, allowed is a map with the key exceptions$/);
  refused({}, /^exceptions is missing: a list of exceptions, \[\] for none$/);
  refused(
    { exceptions: ["x"] },
    /^exceptions\[0\] is "x", allowed is a map with rule, stack, subject, reason and until$/,
  );
  assert.ok(Array.isArray(readExceptions()));
});

test("each rule has a unique id, a reason and a source", () => {
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id, reason, source } of rules) assert.ok(reason.length > 20 && source.length > 5, id);
});
