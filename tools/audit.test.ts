import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditException, judgeAudit, readAuditExceptions } from "./audit.ts";

const advisory = "GHSA-abcd-1234-wxyz";
const answer = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    parser: {
      name: "parser",
      via: [{ url: `https://github.com/advisories/${advisory}`, title: "Too slow", severity: "high", range: "<2" }],
    },
    // Brings the other one; the fault is told once.
    framework: { name: "framework", via: ["parser"] },
  },
});
const exception: AuditException = { advisory, package: "parser", reason: "Only in tests", until: "2026-12-31" };

test("an advisory is told with its package, range and severity", () => {
  assert.deepEqual(judgeAudit(answer, [], "2026-12-01"), [`parser <2: Too slow (high, ${advisory})`]);
  assert.deepEqual(judgeAudit('{"vulnerabilities": {}}', [], "2026-12-01"), []);
});

test("an exception covers one advisory of one package, through its last day", () => {
  assert.deepEqual(judgeAudit(answer, [exception], "2026-12-31"), []);
  assert.equal(judgeAudit(answer, [exception], "2027-01-01").length, 1);
  assert.equal(judgeAudit(answer, [{ ...exception, package: "framework" }], "2026-12-31").length, 1);
});

test("an answer that is no report is an error, and not a clean one", () => {
  assert.throws(() => judgeAudit('{"message": "405 Method Not Allowed"}', [], "2026-12-01"), /gave no report/);
});

test("the exceptions can be read", () => {
  assert.ok(Array.isArray(readAuditExceptions()));
});
