import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { IHeaders, KafkaMessage, Message } from "kafkajs";
import { DEAD_LETTER_HEADER, decodeDeadLetter, encodeDeadLetter, replayOf } from "./dead-letter.ts";
import { decodeRecord, HEADER, isPoison } from "./record.ts";
import { requestIdOfPosition } from "./request-id.ts";

const position = { topic: "coupon_create", partition: 3, offset: "42", timestamp: "1766620800000" };

function record(value: Buffer | null, headers: IHeaders = {}): KafkaMessage {
  const { offset, timestamp } = position;
  return { key: Buffer.from("7"), value, headers, offset, timestamp, attributes: 0 };
}

const seven = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]);

/** The dead letter as a consumer of its topic gets it. */
function delivered({ key, value, headers = {} }: Message): KafkaMessage {
  const bytes = Object.entries(headers).map(([name, part]) => [
    name,
    typeof part === "string" ? Buffer.from(part) : part,
  ]);
  return {
    key,
    value,
    headers: Object.fromEntries(bytes) as IHeaders,
    offset: "0",
    timestamp: "1",
    attributes: 0,
  } as KafkaMessage;
}

const letterOf = (message: KafkaMessage) =>
  delivered(encodeDeadLetter(position.topic, position.partition, message, { reason: "because" }));

describe("a dead letter", () => {
  test("keeps the record's bytes and headers, and says why and where it stood", () => {
    const message = record(seven, { trace: Buffer.from("t") });
    const letter = encodeDeadLetter("coupon_create", 3, message, { reason: "because" });
    assert.deepEqual([letter.key, letter.value], [message.key, message.value]);
    assert.deepEqual(letter.headers, {
      trace: Buffer.from("t"),
      [DEAD_LETTER_HEADER.reason]: "because",
      [DEAD_LETTER_HEADER.topic]: "coupon_create",
      [DEAD_LETTER_HEADER.partition]: "3",
      [DEAD_LETTER_HEADER.offset]: "42",
      [DEAD_LETTER_HEADER.timestamp]: "1766620800000",
    });
  });

  test("gives back the record that it was made of, whatever bytes it has", () => {
    const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        fc.option(bytes),
        fc.dictionary(fc.string({ minLength: 1 }), bytes, { noNullPrototype: true }),
        (value, headers) => {
          const message = record(value, headers);
          const letter = decodeDeadLetter("coupon_create.dlt", 0, letterOf(message));
          assert.deepEqual(letter, { reason: "because", position, record: message, leftOut: 0 });
        },
      ),
    );
  });

  test("of a record too large to be written leaves it out, and says how much", () => {
    const message = letterOf(record(Buffer.alloc(2 * 1024 * 1024)));
    assert.equal(message.value, null);
    const { leftOut, position: stood } = decodeDeadLetter("coupon_create.dlt", 0, message);
    assert.ok(leftOut > 2 * 1024 * 1024);
    assert.deepEqual(stood, position);
  });

  test("that somebody else wrote stands for itself", () => {
    const { position: stood } = decodeDeadLetter("coupon_create.dlt", 1, record(seven));
    assert.deepEqual(stood, { ...position, topic: "coupon_create.dlt", partition: 1 });
  });
});

describe("a replayed record", () => {
  const replayed = (message: KafkaMessage) => {
    const back = delivered(replayOf(decodeDeadLetter("coupon_create.dlt", 0, letterOf(message))));
    return decodeRecord("coupon_create", 0, { ...back, offset: "9999" });
  };

  test("is the request that it was at its original position, also when it comes twice", () => {
    const first = replayed(record(seven));
    assert.deepEqual(first, { requestId: requestIdOfPosition(position), userId: 7n, requestedAt: 1_766_620_800_000 });
    assert.deepEqual(decodeRecord("coupon_create", 3, record(seven)), first);
  });

  test("keeps the request id that it came with", () => {
    const requestId = "00000000-0000-4000-8000-000000000001";
    const decoded = replayed(record(seven, { [HEADER.requestId]: Buffer.from(requestId) }));
    assert.equal(isPoison(decoded) ? undefined : decoded.requestId, requestId);
  });
});
