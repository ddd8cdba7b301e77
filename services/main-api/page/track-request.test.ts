import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import type { Answer } from "./api.ts";
import { type Progress, trackRequest, type TrackedRequest } from "./track-request.ts";

const requestId = "id";
const good = (body: RequestStatus): Answer<RequestStatus> => ({ kind: "good", body });
const queued = good({ requestId, status: "queued" });
const issued = good({ requestId, status: "issued", code: "CODE" });
const busy: Answer<RequestStatus> = { kind: "later", seconds: 3, why: "Busy." };
const silent: Answer<RequestStatus> = { kind: "later", why: "No answer." };

/** Follows a request through given answers; the last answer of each kind repeats. */
async function story(
  asked: Answer<RequestStatus>[],
  looked: Answer<RequestStatus>[] = [],
  tracked: Partial<TrackedRequest> = {},
) {
  const progress: Progress[] = [];
  const keys: string[] = [];
  const waits: number[] = [];
  const next = (answers: Answer<RequestStatus>[]) =>
    (answers.length > 1 ? answers.shift() : answers[0]) ?? assert.fail("nothing was to be asked");
  await trackRequest(
    { userId: "1", key: "k", ...tracked },
    {
      request: (_, key) => {
        keys.push(key);
        return Promise.resolve(next(asked));
      },
      status: () => Promise.resolve(next(looked)),
      wait: (seconds) => {
        waits.push(seconds);
        return Promise.resolve();
      },
    },
    (each) => progress.push(each),
  );
  return { progress, steps: progress.map(({ step }) => step), keys, waits };
}

describe("a tracked request", () => {
  test("is followed from the queue to its code", async () => {
    const { progress } = await story([queued], [queued, busy, silent, issued]);
    assert.deepEqual(progress, [{ step: "asking" }, { step: "queued", requestId }, { step: "issued", code: "CODE" }]);
  });

  test("is done at once in direct mode", async () => {
    assert.deepEqual((await story([issued])).steps, ["asking", "issued"]);
    const rejected = good({ requestId, status: "rejected", reason: "sold_out" });
    assert.deepEqual((await story([rejected])).progress.at(-1), { step: "rejected", reason: "sold_out" });
  });

  test("is retried with its key, after Retry-After or growing intervals", async () => {
    const { steps, keys, waits } = await story([busy, silent, silent, issued]);
    assert.deepEqual(steps, ["asking", "waiting", "asking", "waiting", "asking", "waiting", "asking", "issued"]);
    assert.deepEqual(keys, ["k", "k", "k", "k"]);
    assert.deepEqual(waits, [3, 2, 4]);
  });

  test("is given up after many attempts, and isn't retried when it is refused", async () => {
    const { steps, keys } = await story([busy]);
    assert.deepEqual([steps.at(-1), keys.length], ["gave-up", 20]);
    assert.deepEqual((await story([{ kind: "refused", why: "no" }])).steps, ["asking", "refused"]);
  });

  test("that was accepted before is only followed", async () => {
    assert.deepEqual((await story([], [issued], { requestId })).steps, ["queued", "issued"]);
    assert.equal((await story([], [{ kind: "refused", why: "no" }], { requestId })).steps.at(-1), "gave-up");
  });
});
