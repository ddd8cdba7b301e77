import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditException, faultsOfAudit, readAuditExceptions } from "./audit.ts";

const advisory = "GHSA-abcd-1234-wxyz";
const answer = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    parser: {
      name: "parser",
      via: [{ url: `https://github.com/advisories/${advisory}`, title: "Too slow", severity: "high", range: "<2" }],
    },
    // Depends on the other one. The advisory is reported once.
    framework: { name: "framework", via: ["parser"] },
  },
});
const exception: AuditException = { advisory, package: "parser", reason: "Only in tests", until: "2026-12-31" };

test("an advisory is reported with its package, range and severity", () => {
  assert.deepEqual(faultsOfAudit(answer, [], "2026-12-01"), [`parser <2: Too slow (high, ${advisory})`]);
  assert.deepEqual(faultsOfAudit('{"vulnerabilities": {}}', [], "2026-12-01"), []);
});

test("an exception covers one advisory of one package, through its last day", () => {
  assert.deepEqual(faultsOfAudit(answer, [exception], "2026-12-31"), []);
  assert.equal(faultsOfAudit(answer, [exception], "2027-01-01").length, 1);
  assert.equal(faultsOfAudit(answer, [{ ...exception, package: "framework" }], "2026-12-31").length, 1);
});

test("an answer that is no report is an error, and not a clean result", () => {
  assert.throws(() => faultsOfAudit('{"message": "405 Method Not Allowed"}', [], "2026-12-01"), /returned no report/);
});

test("the exceptions can be read", () => {
  assert.ok(Array.isArray(readAuditExceptions()));
});
