import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { headersOf } from "@gifticon/contract/outgoing-message.ts";
import { HEADER } from "@gifticon/contract/record.ts";
import { requestIdOfPosition } from "@gifticon/contract/request-id.ts";
import { delivered } from "@gifticon/contract/testing.ts";
import { decideLetter, type LetterDecision } from "./decide-letter.ts";

/**
 * Returns the delivered dead letter of a record with this value, originally at offset 5 of
 * partition 2.
 */
function letterOf(value: Buffer): FetchedRecord {
  const record = delivered({ key: "7", value }, { offset: "5", timestamp: "1766620800000" });
  return delivered(encodeDeadLetter("coupon_create", 2, record, { reason: "an old reason" }), { timestamp: "1" });
}

const decide = (message: FetchedRecord, all = false): LetterDecision =>
  decideLetter("coupon_create.dlt", 0, message, all);

const readable = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]);
const unreadable = Buffer.from("seven");
const id = requestIdOfPosition({ topic: "coupon_create", partition: 2, offset: "5", timestamp: "1766620800000" });

describe("a dead letter", () => {
  test("that can be read now goes back with the request id of its original position", () => {
    const { message } = decide(letterOf(readable));
    assert.deepEqual(message?.value, readable);
    assert.deepEqual(headersOf(message).valuesOf(HEADER.requestId), [Buffer.from(id)]);
  });

  test("that still can't be read stays, with the current reason", () => {
    const { message, reason } = decide(letterOf(unreadable));
    assert.deepEqual([message, reason], [undefined, "value: has 5 bytes; expected 8"]);
  });

  test("that still can't be read goes back unchanged with --all", () => {
    assert.deepEqual(decide(letterOf(unreadable), true).message?.value, unreadable);
  });

  test("without its record's bytes stays, also with --all", () => {
    const { message, reason } = decide(letterOf(Buffer.alloc(3_000_000)), true);
    assert.equal(message, undefined);
    assert.match(reason, /30000\d\d bytes were too many/);
  });

  test("that is larger than the topic accepts stays, also with --all", () => {
    const { message, reason } = decide(letterOf(Buffer.alloc(1_100_000)), true);
    assert.equal(message, undefined);
    assert.match(reason, /more than the topic accepts/);
  });

  test("has a stable and unique id", () => {
    const other = { ...letterOf(readable), offset: "1" };
    assert.equal(decide(letterOf(readable)).letterId, decide(letterOf(readable)).letterId);
    assert.notEqual(decide(letterOf(readable)).letterId, decide(other).letterId);
  });
});
