import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GifticonRequest } from "@gifticon/contract/request.ts";
import { newRequestId } from "@gifticon/contract/request-id.ts";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { OverloadedError } from "./batcher.ts";
import { createDirectAcceptor, type IssueConnection } from "./direct-acceptor.ts";

const request = (userId: bigint): GifticonRequest => ({ requestId: newRequestId(), userId, requestedAt: 0 });

/** Creates the acceptor with a fake connection, and records its calls. */
function direct(
  connection: Partial<IssueConnection> = {},
  connect?: () => Promise<IssueConnection>,
  maxPending?: number,
) {
  const batches: number[] = [];
  const released: (string | undefined)[] = [];
  const whole: IssueConnection = {
    issue: (requests) => {
      batches.push(requests.length);
      return Promise.resolve();
    },
    findStatuses: (ids) => Promise.resolve(ids.map((requestId) => ({ requestId, status: "issued", code: requestId }))),
    release: (error) => released.push(error?.message),
    ...connection,
  };
  const acceptor = createDirectAcceptor(
    { connect: connect ?? (() => Promise.resolve(whole)), readiness: () => Promise.resolve({ ok: true }) },
    (_size, work) => work(),
    maxPending,
  );
  return { acceptor, batches, released };
}

describe("direct mode", () => {
  test("decides concurrent requests in one transaction, each with its own outcome", async () => {
    const { acceptor, batches, released } = direct();
    const requests = [request(1n), request(2n), request(3n)];
    const answers = await Promise.all(requests.map(acceptor.accept));
    assert.deepEqual(
      answers,
      requests.map(({ requestId }) => ({ requestId, status: "issued", code: requestId })),
    );
    assert.deepEqual([batches, released], [[3], [undefined]]);
  });

  test("rejects requests above its limit", async () => {
    const { acceptor } = direct({}, undefined, 2);
    const held = [request(1n), request(2n)].map(acceptor.accept);
    await assert.rejects(acceptor.accept(request(3n)), OverloadedError);
    assert.equal((await Promise.all(held)).length, 2);
  });

  test("reports that nothing was written when there is no connection", async () => {
    const { acceptor } = direct({}, () => Promise.reject(new Error("refused")));
    await assert.rejects(acceptor.accept(request(1n)), UnavailableError);
  });

  test("reports an unknown outcome when the answer was lost, and closes that connection", async () => {
    const { acceptor, released } = direct({ issue: () => Promise.reject(new Error("reset")) });
    await assert.rejects(acceptor.accept(request(1n)), OutcomeUnknownError);
    assert.deepEqual(released, ["reset"]);
  });
});
