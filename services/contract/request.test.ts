import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InvalidRequestError, MAX_USER_ID, parseIdempotencyKey, parseRequestBody } from "./request.ts";
import { isRequestId, newRequestId, requestIdOfKey } from "./request-id.ts";

describe("the request body", () => {
  test("gives every user id from 1 to 2^63 - 1 exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: MAX_USER_ID }), (userId) => {
        assert.equal(parseRequestBody(`{"userId": ${userId.toString()}}`).userId, userId);
      }),
      { examples: [[2n ** 53n + 1n], [MAX_USER_ID], [1n]] },
    );
  });

  test("may have white space like JSON, and no other", () => {
    const space = fc.string({ unit: fc.constantFrom(" ", "\t", "\r", "\n"), maxLength: 3 });
    fc.assert(
      fc.property(fc.array(space, { minLength: 5, maxLength: 5 }), ([a = "", b = "", c = "", d = "", e = ""]) => {
        assert.equal(parseRequestBody(`${a}{${b}"userId"${c}:${d}7${e}}`).userId, 7n);
      }),
    );
    assert.throws(() => parseRequestBody('{"userId":\u00a07}'), InvalidRequestError);
  });

  const wrong: [body: string, field: string][] = [
    ['{"userId": 0}', "userId"],
    ['{"userId": -1}', "userId"],
    ['{"userId": 1.5}', "userId"],
    ['{"userId": 1.0}', "userId"],
    ['{"userId": 1e3}', "userId"],
    ['{"userId": 9223372036854775808}', "userId"],
    ['{"userId": "1"}', "userId"],
    ['{"userId": null}', "userId"],
    ['{"userId": [1]}', "userId"],
    ["{}", "userId"],
    ['{"userId": 1, "user": 2}', "user"],
    ['{"userId": 1, "__proto__": 2}', "__proto__"],
    ["[]", "body"],
    ["1", "body"],
    ["null", "body"],
    ["", "body"],
    ['{"userId": 1', "body"],
    ['{"userId": 01}', "body"],
  ];
  for (const [body, field] of wrong) {
    test(`${body || "nothing"} is rejected, naming ${field}`, () => {
      assert.throws(
        () => parseRequestBody(body),
        (error) => error instanceof InvalidRequestError && error.field === field,
      );
    });
  }

  test("never fails with anything but InvalidRequestError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          parseRequestBody(text);
        } catch (error) {
          assert.ok(error instanceof InvalidRequestError);
        }
      }),
    );
  });
});

describe("the Idempotency-Key header", () => {
  test("may be absent, or visible ASCII", () => {
    assert.equal(parseIdempotencyKey(undefined), undefined);
    assert.equal(parseIdempotencyKey("a-1"), "a-1");
  });

  for (const key of ["", "with space", "é", "x".repeat(256)]) {
    test(`${JSON.stringify(key.slice(0, 20))} of ${key.length} characters is rejected`, () => {
      assert.throws(() => parseIdempotencyKey(key), /Idempotency-Key: must be 1 to 255 visible ASCII characters/);
    });
  }
});

describe("a request id", () => {
  test("is the same for the same user and key, and differs for any other", () => {
    const id = requestIdOfKey(1n, "a");
    assert.ok(isRequestId(id));
    assert.equal(requestIdOfKey(1n, "a"), id);
    assert.notEqual(requestIdOfKey(1n, "b"), id);
    assert.notEqual(requestIdOfKey(2n, "a"), id);
    assert.notEqual(requestIdOfKey(12n, "3"), requestIdOfKey(1n, "23"));
  });

  test("without a key is new each time, and increases with time", () => {
    const [early, late] = [newRequestId(1_000), newRequestId(2_000)];
    assert.ok(isRequestId(early) && early < late);
    assert.notEqual(newRequestId(1_000), early);
    assert.equal(early.charAt(14), "7");
  });
});
