import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, RequestState } from "../operate/api-client.ts";
import { type Proof, prove, describeEnd } from "./proof.ts";

const ID = "01890000-0000-7000-8000-000000000000";
const issued: RequestState = { status: "issued", code: "7K3M" };
const rejected = (reason: string): RequestState => ({ status: "rejected", reason });

/** Proves an API that answers with these statuses in turn, and whose request has this end. */
function proofOf(statuses: number[], end: RequestState, requestId: string | undefined = ID): Promise<Proof> {
  const answers = statuses.map((status): Answer => ({
    userId: 1,
    status,
    text: `answer ${status}`,
    ...(requestId && { requestId }),
  }));
  const ask = () =>
    Promise.resolve(answers.length > 1 ? (answers.shift() ?? assert.fail()) : (answers[0] ?? assert.fail()));
  return prove({ ask, follow: () => Promise.resolve(end) }, 1, 1_000);
}

const ends: [string, number, RequestState, RegExp][] = [
  ["queued and issued", 202, issued, /^issued as 7K3M$/],
  ["queued and rejected as sold out", 202, rejected("sold_out"), /sold out$/],
  ["queued and rejected as a duplicate", 202, rejected("duplicate"), /this user has a gifticon$/],
  ["issued at once", 201, issued, /^issued as 7K3M$/],
  ["rejected at once as sold out", 410, rejected("sold_out"), /sold out$/],
  ["rejected at once as a duplicate", 409, rejected("duplicate"), /this user has a gifticon$/],
];
for (const [outcome, status, end, description] of ends) {
  test(`a request that is ${outcome} is a proof`, async () => {
    const proof = await proofOf([0, 503, status], end);
    assert.deepEqual(proof, { status, requestId: ID, end });
    assert.match(describeEnd(proof.end), description);
  });
}

test("an answer that accepts no request is no proof, and the error contains it", async () => {
  await assert.rejects(proofOf([503], issued), /the last answer: 503 answer 503$/);
  // Another server than the API answers.
  await assert.rejects(proofOf([410], issued, ""), /the last answer: 410 answer 410$/);
});
