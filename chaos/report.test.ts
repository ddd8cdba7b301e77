import assert from "node:assert/strict";
import { test } from "node:test";
import { type CaseResult, renderLine, renderMarkdown } from "./report.ts";
import { answer } from "./testing.ts";
import { judgeCase } from "./verdict.ts";

const answers = [answer(50), answer(150, { status: 502 }), answer(250)];
const verdict = judgeCase(
  {},
  {
    ...{
      answers,
      observations: ["process 1 | 2"],
      runningAt: 0,
      injectedAt: 100,
      removedAt: 200,
      healthyAt: 300,
      endedAt: 400,
    },
    drainedMs: 1_500,
    rows: [50, 250].map((at) => {
      const { requestId, userId } = answer(at);
      return { requestId, userId, outcome: "issued", code: userId };
    }),
    stock: { total: 10, remaining: 8 },
  },
);
const passed: CaseResult = {
  ...{ name: "broker-killed", family: "broker", description: "the broker is killed", observations: ["process 1 | 2"] },
  ...{ verdict, drainedMs: 1_500, violations: verdict.violations },
};

test("a result shows the clients' view, the recovery and the reconciliation", () => {
  assert.equal(
    renderLine(passed),
    [
      "  clients: 66.66 % of 3 accepted, longest gap 0.2 s, errors: 1 × 5xx",
      "  recovery: well after 0.2 s, queue empty 1.5 s after the load's end",
      "  reconciliation: 2 accepted; 2 issued, 0 duplicate, 0 sold out",
      "  passed",
    ].join("\n"),
  );
});

test("a failed case without a verdict has a row, its observations and its violations", () => {
  const broken: CaseResult = { ...passed, observations: [], violations: ["not well:\nhost kafka"] };
  delete broken.verdict;
  delete broken.drainedMs;
  const [, , first = "", second = "", ...below] = renderMarkdown([passed, broken]).split("\n");
  assert.match(first, /^\| `broker-killed` \| 66\.66 % \| 0\.2 s \| 1 × 5xx \|.*\| passed \|$/);
  assert.match(second, /^\| `broker-killed` \| - \| - \| - \|.*\| failed \|$/);
  assert.deepEqual(below, [
    "",
    "- `broker-killed`: process 1 | 2",
    "- `broker-killed`: **wrong:** not well: host kafka",
    "",
  ]);
});
