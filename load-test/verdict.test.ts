import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestIdOf } from "./plan.ts";
import type { RunRecord } from "./record.ts";
import { goodDirectRun, goodRun } from "./testing.ts";
import { judge } from "./verdict.ts";

/** Returns the verdict on a passed run that a test broke in one place. */
function judgeAfter(change: (run: RunRecord) => void, run: RunRecord = goodRun()) {
  change(run);
  return judge(run);
}

function assertFailed({ outcome, violations }: ReturnType<typeof judge>, words: RegExp) {
  assert.equal(outcome, "failed");
  assert.ok(
    violations.some((violation) => words.test(violation)),
    violations.join("\n"),
  );
}

function assertInvalid({ outcome, violations, doubts }: ReturnType<typeof judge>, words: RegExp) {
  assert.deepEqual({ outcome, violations }, { outcome: "invalid", violations: [] });
  assert.ok(
    doubts.some((doubt) => words.test(doubt)),
    doubts.join("\n"),
  );
}

test("a run without faults passes in each mode", () => {
  for (const run of [goodRun(), goodDirectRun()]) {
    const { outcome, violations, doubts, findings } = judge(run);
    assert.deepEqual({ outcome, violations, doubts }, { outcome: "passed", violations: [], doubts: [] });
    assert.deepEqual([findings.accepted, findings.issued], [100, 100]);
  }
});

describe("the system's faults are violations", () => {
  test("one accepted request that has no row is lost", () => {
    const verdict = judgeAfter(({ evidence }) => {
      evidence.rows.pop();
      if (evidence.end) Object.assign(evidence.end, { rows: 99, stock: { total: 1_000, remaining: 898 } });
    });
    assertFailed(verdict, /^lost: request .* was answered 202 and has no row$/);
    assertFailed(verdict, /^100 were accepted or rejected, and 99 decided$/);
  });

  test("one accepted request that never reached the topic is lost", () => {
    const verdict = judgeAfter(({ evidence, plan }) => {
      evidence.records.delete(requestIdOf(plan, 7, false));
      evidence.recordCount--;
      if (evidence.end) evidence.end.records--;
    });
    assertFailed(verdict, /^lost: request .* isn't in the topic$/);
  });

  test("a user with two gifticons is a duplicate", () => {
    const verdict = judgeAfter(({ evidence, log, plan }) => {
      log.answers.push({ ...(log.answers[5] ?? assert.fail()), kind: "again" });
      const requestId = requestIdOf(plan, 5, true);
      evidence.rows.push({ ...(evidence.rows[5] ?? assert.fail()), requestId, code: "CODE-TWICE" });
      evidence.records.set(requestId, String(plan.firstUser + 5));
      evidence.recordCount++;
      if (evidence.end)
        Object.assign(evidence.end, { records: 101, rows: 101, stock: { total: 1_000, remaining: 896 } });
    });
    assertFailed(verdict, /^duplicated: 101 gifticons went to 100 users$/);
  });

  test("one gifticon more than the stock is oversold", () => {
    const verdict = judgeAfter(({ evidence }) => {
      if (evidence.end) evidence.end.stock = { total: 102, remaining: 0 };
    });
    assertFailed(verdict, /^oversold: 100 issued of 99$/);
  });

  test("an answer that differs from the recorded outcome", () => {
    const verdict = judgeAfter(({ log }) => {
      (log.answers[3] ?? assert.fail()).status = 410;
    }, goodDirectRun());
    assertFailed(verdict, /was answered sold_out, and is issued/);
  });

  test("an error above the allowed rate, and none below it", () => {
    const timeout = ({ log }: RunRecord) => {
      Object.assign(log.answers[3] ?? assert.fail(), { status: 0, error: 1050 });
    };
    assertFailed(judgeAfter(timeout), /^1 of 100 requests ended in an error: 1.00 %, allowed are 0.00 %$/);
    const lenient = judgeAfter(timeout, { ...goodRun(), maxErrorRate: 0.01 });
    assert.deepEqual([lenient.outcome, lenient.figures.errors.timeout], ["passed", 1]);
  });

  test("records that still wait, and requests decided too late", () => {
    assertFailed(
      judgeAfter(({ evidence }) => {
        if (evidence.end) evidence.end.lag = 4;
      }),
      /^4 records still wait in the topic$/,
    );
    assertFailed(
      judgeAfter(({ evidence }) => {
        const last = evidence.rows.at(-1) ?? assert.fail();
        last.decidedAt += 40_000;
      }),
      /was decided 40\.0 s after the last acceptance, allowed are 30\.0 s$/,
    );
  });

  test("a topic that was deleted and created again during the run", () => {
    const recreate =
      (after: string) =>
      ({ startState, evidence }: RunRecord) => {
        startState.offsets = [{ partition: 0, offset: "5", topicId: "before" }];
        if (evidence.end) evidence.end.topicId = after;
      };
    assertFailed(judgeAfter(recreate("after")), /^the topic was deleted and created again during the run/);
    assert.equal(judgeAfter(recreate("before")).outcome, "passed");
  });

  test("many broken promises are counted, not listed one by one", () => {
    const { violations } = judgeAfter(({ evidence }) => {
      evidence.rows = [];
      if (evidence.end) evidence.end.rows = 0;
    });
    assert.ok(violations.includes("and 181 more"), violations.join("\n"));
  });
});

describe("an obstacle to the verdict makes a run invalid", () => {
  test("a saturated generator: late", () => {
    assertInvalid(
      judgeAfter(({ log }) => {
        for (const answer of log.answers) answer.delay = 1_500;
      }),
      /^the generator is saturated: 5 % of the requests were sent more than 1\.5 s late/,
    );
  });

  test("a saturated generator: out of ports, or of files", () => {
    const sockets = (count: number) => (run: RunRecord) => {
      Object.assign(run.hosts[0]?.samples[3] ?? assert.fail(), { sockets: count });
    };
    assertInvalid(judgeAfter(sockets(54_000), { ...goodRun() }), /54000 of 54761 ports in use/);
    assertInvalid(judgeAfter(sockets(19_900)), /19900 sockets, and 20000 files may be open/);
  });

  test("a saturated generator: users of the open model that didn't start", () => {
    assertInvalid(
      judgeAfter(({ plan }) => {
        Object.assign(plan, { model: "open", rate: 20, seconds: 10 });
      }),
      /50\.00 % of the planned users did not start/,
    );
  });

  test("a truncated log: its end, or users in the middle", () => {
    assertInvalid(
      judgeAfter(({ log }) => {
        delete log.endedAt;
      }),
      /log is truncated: its end is missing/,
    );
    assertInvalid(
      judgeAfter(({ log }) => {
        log.answers.splice(10, 2);
      }),
      /log is truncated: 2 of 100 users are missing/,
    );
  });

  test("truncated evidence, and a generator that failed", () => {
    assertInvalid(
      judgeAfter(({ evidence }) => {
        if (evidence.end) evidence.end.rows = 200;
      }),
      /evidence is truncated: 200 rows were written, and 100 arrived/,
    );
    assertInvalid(
      judgeAfter(({ generator }) => {
        Object.assign(generator, { exitCode: 107, errorOutput: "a script's error" });
      }),
      /k6 ended with 107: a script's error/,
    );
  });

  test("an early end, which is no fault of the system's", () => {
    const run = goodRun();
    // The log ends after the request and before its answer.
    run.log.answers.splice(50, 1);
    delete run.log.endedAt;
    assertInvalid(judge({ ...run, interrupted: true }), /^it was ended early$/);
  });

  test("an early end during a repeated request in mode direct", () => {
    const run = goodDirectRun();
    const requestId = requestIdOf(run.plan, 2, true);
    run.evidence.rows.push({
      ...(run.evidence.rows[2] ?? assert.fail()),
      ...{ requestId, outcome: "duplicate", code: null },
    });
    if (run.evidence.end) run.evidence.end.rows++;
    assertInvalid(judge({ ...run, interrupted: true }), /^it was ended early$/);
  });
});

test("a generator that limited the load is a remark, not a fault", () => {
  const { outcome, notes } = judgeAfter(({ log }) => {
    for (const answer of log.answers) answer.delay = 300;
  });
  assert.equal(outcome, "passed");
  assert.ok(notes.some((note) => /^the generator limited the load/.test(note)));
});

test("a fault of the system is reported even in an invalid run", () => {
  const { outcome } = judgeAfter(({ evidence, log }) => {
    delete log.endedAt;
    if (evidence.end) evidence.end.stock = { total: 102, remaining: 0 };
  });
  assert.equal(outcome, "failed");
});
