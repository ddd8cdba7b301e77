import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { FetchedRecord } from "./fetched-record.ts";
import { type RecordHeader, RecordHeaders } from "./record-headers.ts";
import { decodeRecord, encodeRecord, HEADER, isPoison } from "./record.ts";
import { delivered } from "./testing.ts";
import { type GifticonRequest, MAX_USER_ID } from "./request.ts";

const requests = fc.record(
  {
    requestId: fc.uuid(),
    userId: fc.bigInt({ min: 1n, max: MAX_USER_ID }),
    requestedAt: fc.integer({ min: 0, max: 10 ** 14 }),
  },
  { noNullPrototype: true },
);

function spring(userId: bigint, position: Partial<FetchedRecord> = {}): FetchedRecord {
  const value = Buffer.alloc(8);
  value.writeBigInt64BE(userId);
  return delivered({ key: userId.toString(), value, timestamp: "1766620800000" }, position);
}

const headers = (...list: RecordHeader[]) => ({ headers: RecordHeaders.of(list) });

function decode(message: FetchedRecord): GifticonRequest {
  const decoded = decodeRecord("coupon_create", 0, message);
  if (isPoison(decoded)) throw new Error(decoded.reason);
  return decoded;
}

function reasonFor(message: FetchedRecord): string {
  const decoded = decodeRecord("coupon_create", 0, message);
  return isPoison(decoded) ? decoded.reason : "none";
}

describe("a record", () => {
  test("carries every request unchanged", () => {
    fc.assert(
      fc.property(requests, (request) => {
        assert.deepEqual(decode(delivered(encodeRecord(request))), request);
      }),
    );
  });

  test("holds the user id as text in the key and as 8 bytes, big-endian, in the value", () => {
    const { key, value } = encodeRecord({ requestId: "r", userId: 2n ** 53n + 1n, requestedAt: 0 });
    assert.equal(key, "9007199254740993");
    assert.deepEqual(value, Buffer.from([0, 0x20, 0, 0, 0, 0, 0, 1]));
  });

  test("of another producer, without headers, gets its id from its position and its time from its timestamp", () => {
    const first = decode(spring(7n));
    assert.equal(first.requestedAt, 1_766_620_800_000);
    assert.equal(decode(spring(7n)).requestId, first.requestId);
    assert.notEqual(decode(spring(7n, { offset: "1" })).requestId, first.requestId);
    assert.notEqual(decode(spring(7n, { timestamp: "1766620800001" })).requestId, first.requestId);
  });

  test("without a key is read from its value", () => {
    assert.equal(decode(spring(7n, { key: null })).userId, 7n);
  });

  test("with foreign headers is read", () => {
    assert.equal(
      decode(spring(7n, headers(["__TypeId__", "java.lang.Long"], ["trace", null], ["__proto__", "x"], ["", ""])))
        .userId,
      7n,
    );
  });

  test("without a usable time has that of its arrival, and an id that is the same at each delivery", () => {
    for (const timestamp of ["-1", "-9223372036854775808", "1766620800000000000"]) {
      const [first, second] = [1, 2].map((now) => decodeRecord("coupon_create", 0, spring(7n, { timestamp }), now));
      assert.ok(first !== undefined && second !== undefined && !isPoison(first) && !isPoison(second));
      assert.deepEqual([first.requestedAt, second.requestedAt], [1, 2]);
      assert.equal(first.requestId, second.requestId);
      assert.notEqual(decode(spring(8n, { timestamp })).requestId, first.requestId);
    }
  });

  test("has the time of its header, unless an earlier replay wrote there that it is missing", () => {
    const at = (text: string | null, timestamp: string) =>
      decode(spring(7n, { ...headers([HEADER.requestedAt, text]), timestamp })).requestedAt;
    assert.deepEqual([at("5", "9"), at("-1", "9"), at(null, "9")], [5, 9, 9]);
  });

  test("never throws on any bytes, and is a request only with 8 of them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.option(fc.uint8Array({ maxLength: 20 })), (value, key) => {
        const message = spring(1n, { value: Buffer.from(value), key: key === null ? null : Buffer.from(key) });
        const decoded = decodeRecord("coupon_create", 0, message);
        assert.ok(isPoison(decoded) || value.length === 8);
      }),
    );
  });

  const poison: [string, FetchedRecord, RegExp][] = [
    ["no value", spring(1n, { value: null }), /value: is null/],
    ["a value of 7 bytes", spring(1n, { value: Buffer.alloc(7) }), /has 7 bytes; expected 8/],
    ["a user id of 0", spring(0n), /user id 0 is outside 1 to/],
    ["a negative user id", spring(-1n), /user id -1 is outside/],
    ["a key of another user", spring(1n, { key: Buffer.from("2") }), /key: isn't the text/],
    ["a key that isn't text", spring(1n, { key: Buffer.from([0xff, 0]) }), /key: isn't the text/],
    ["a request id that isn't a UUID", spring(1n, headers([HEADER.requestId, "x"])), /request-id: isn't a UUID/],
    [
      "a repeated request id",
      spring(1n, headers([HEADER.requestId, "x"], [HEADER.requestId, "y"])),
      /request-id: isn't a UUID/,
    ],
    ["a time that isn't one", spring(1n, headers([HEADER.requestedAt, "today"])), /requested-at: isn't a time/],
  ];
  for (const [what, message, reason] of poison) {
    test(`with ${what} is poison`, () => {
      assert.match(reasonFor(message), reason);
    });
  }
});
