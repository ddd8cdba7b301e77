import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DEAD_LETTER_HEADER, decodeDeadLetter, encodeDeadLetter, replayOf } from "./dead-letter.ts";
import type { FetchedRecord } from "./fetched-record.ts";
import { type RecordHeader, RecordHeaders } from "./record-headers.ts";
import { decodeRecord, HEADER, isPoison } from "./record.ts";
import { requestIdOfPosition } from "./request-id.ts";
import { delivered } from "./testing.ts";

const position = { topic: "coupon_create", partition: 3, offset: "42", timestamp: "1766620800000" };

function record(value: Buffer | null, headers: readonly RecordHeader[] = []): FetchedRecord {
  const { offset, timestamp } = position;
  return { key: Buffer.from("7"), value, headers: RecordHeaders.of(headers), offset, timestamp };
}

const seven = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]);

/** Returns the dead letter of a record, as a consumer of its topic receives it. */
const letterOf = (message: FetchedRecord) =>
  delivered(encodeDeadLetter(position.topic, position.partition, message, { reason: "because" }));

/**
 * Names of three kinds: members of every JavaScript object, headers of a dead letter, and repeated
 * ones.
 */
const name = fc.oneof(
  fc.constantFrom("", "trace", "__proto__", "constructor", "toString", "hasOwnProperty", "7"),
  fc.constantFrom(...Object.values(DEAD_LETTER_HEADER)),
  fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
);
const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
const headers = fc.array(fc.tuple(name, fc.option(bytes)), { maxLength: 8 });

describe("a dead letter", () => {
  test("keeps the record's bytes and headers, and has its reason and position", () => {
    const message = record(seven, [["trace", "t"]]);
    const letter = letterOf(message);
    assert.deepEqual([letter.key, letter.value], [message.key, message.value]);
    assert.deepEqual(
      [...letter.headers].map(([header, value]) => [header.toString(), value?.toString()]),
      [
        ["trace", "t"],
        [DEAD_LETTER_HEADER.reason, "because"],
        [DEAD_LETTER_HEADER.topic, "coupon_create"],
        [DEAD_LETTER_HEADER.partition, "3"],
        [DEAD_LETTER_HEADER.offset, "42"],
        [DEAD_LETTER_HEADER.timestamp, "1766620800000"],
      ],
    );
  });

  test("decodes to its record, with any headers and bytes", () => {
    fc.assert(
      fc.property(fc.option(bytes), headers, (value, list) => {
        const message = record(value, list);
        const letter = encodeDeadLetter(position.topic, position.partition, message, { reason: "because" });
        const decoded = decodeDeadLetter("coupon_create.dlt", 0, delivered(letter));
        assert.deepEqual(decoded, { reason: "because", position, writtenAt: "0", record: message, leftOut: 0 });
      }),
    );
  });

  test("of a record with the maximum number of headers is written completely", () => {
    const message = record(null, Array<RecordHeader>(500_000).fill(["", null]));
    assert.deepEqual(decodeDeadLetter("coupon_create.dlt", 0, letterOf(message)).record, message);
  });

  test("of a record that is too large omits it, and has the number of omitted bytes", () => {
    const message = letterOf(record(Buffer.alloc(2 * 1024 * 1024)));
    assert.equal(message.value, null);
    const { leftOut, position: stood } = decodeDeadLetter("coupon_create.dlt", 0, message);
    assert.ok(leftOut > 2 * 1024 * 1024);
    assert.deepEqual(stood, position);
  });

  test("with headers that no issuer writes is its own original", () => {
    for (const [name, text] of [
      [DEAD_LETTER_HEADER.timestamp, "today"],
      [DEAD_LETTER_HEADER.partition, "-1"],
      ["trace", "t"],
    ] as const) {
      const foreign = record(seven, [
        [DEAD_LETTER_HEADER.reason, "because"],
        [name, text],
      ]);
      assert.deepEqual(decodeDeadLetter("coupon_create.dlt", 1, foreign).record, foreign);
    }
  });

  test("that somebody else wrote is its own original", () => {
    const { position: stood } = decodeDeadLetter("coupon_create.dlt", 1, record(seven));
    assert.deepEqual(stood, { ...position, topic: "coupon_create.dlt", partition: 1 });
  });
});

describe("a replayed record", () => {
  const replayed = (message: FetchedRecord) => {
    const back = delivered(replayOf(decodeDeadLetter("coupon_create.dlt", 0, letterOf(message))));
    return decodeRecord("coupon_create", 0, { ...back, offset: "9999" });
  };

  test("is the request of its original position, also at a second delivery", () => {
    const first = replayed(record(seven));
    assert.deepEqual(first, { requestId: requestIdOfPosition(position), userId: 7n, requestedAt: 1_766_620_800_000 });
    assert.deepEqual(decodeRecord("coupon_create", 3, record(seven)), first);
  });

  test("has its original bytes and headers, followed by its id and time", () => {
    fc.assert(
      fc.property(fc.option(bytes), headers, (value, list) => {
        const message = record(value, list);
        const back = delivered(replayOf(decodeDeadLetter("coupon_create.dlt", 0, letterOf(message))));
        assert.deepEqual([back.key, back.value], [message.key, message.value]);
        const own = [HEADER.requestId, HEADER.requestedAt];
        assert.deepEqual([...back.headers].slice(0, list.length), [...message.headers]);
        assert.deepEqual(
          [...back.headers].slice(list.length).map(([header]) => header.toString()),
          own,
        );
      }),
    );
  });

  test("without a usable time gets that of its dead letter, and keeps its id", () => {
    const message = { ...record(seven), timestamp: "-1" };
    const letter = decodeDeadLetter("coupon_create.dlt", 0, { ...letterOf(message), timestamp: "1766620800000" });
    const back = delivered(replayOf(letter), { offset: "9999" });
    const id = decodeRecord("coupon_create", position.partition, message);
    assert.ok(!isPoison(id));
    const expected = { requestId: id.requestId, userId: 7n, requestedAt: 1_766_620_800_000 };
    assert.deepEqual(decodeRecord("coupon_create", 0, back), expected);
  });

  test("keeps the request id that it had", () => {
    const requestId = "00000000-0000-4000-8000-000000000001";
    const decoded = replayed(record(seven, [[HEADER.requestId, requestId]]));
    assert.equal(isPoison(decoded) ? undefined : decoded.requestId, requestId);
  });
});
