import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import type { FetchedRecord } from "@gifticon/contract/fetched-record.ts";
import { headersOf } from "@gifticon/contract/outgoing-message.ts";
import { HEADER } from "@gifticon/contract/record.ts";
import { requestIdOfPosition } from "@gifticon/contract/request-id.ts";
import { delivered } from "@gifticon/contract/testing.ts";
import { judgeLetter, type LetterVerdict } from "./judge-letter.ts";

/**
 * A letter, as its topic delivers it, of a record that stood at 5 of partition 2 and has this
 * value.
 */
function letterOf(value: Buffer): FetchedRecord {
  const record = delivered({ key: "7", value }, { offset: "5", timestamp: "1766620800000" });
  return delivered(encodeDeadLetter("coupon_create", 2, record, { reason: "an old reason" }), { timestamp: "1" });
}

const judge = (message: FetchedRecord, all = false): LetterVerdict => judgeLetter("coupon_create.dlt", 0, message, all);

const readable = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]);
const unreadable = Buffer.from("seven");
const id = requestIdOfPosition({ topic: "coupon_create", partition: 2, offset: "5", timestamp: "1766620800000" });

describe("a dead letter", () => {
  test("that can be read now goes back with the request id of its first position", () => {
    const { message } = judge(letterOf(readable));
    assert.deepEqual(message?.value, readable);
    assert.deepEqual(headersOf(message).valuesOf(HEADER.requestId), [Buffer.from(id)]);
  });

  test("that still can't be read stays, with the reason of now", () => {
    const { message, reason } = judge(letterOf(unreadable));
    assert.deepEqual([message, reason], [undefined, "value: has 5 bytes; expected 8"]);
  });

  test("that still can't be read goes back when all do, as it was", () => {
    assert.deepEqual(judge(letterOf(unreadable), true).message?.value, unreadable);
  });

  test("whose bytes weren't kept stays, also when all go back", () => {
    const { message, reason } = judge(letterOf(Buffer.alloc(3_000_000)), true);
    assert.equal(message, undefined);
    assert.match(reason, /30000\d\d bytes were too many/);
  });

  test("that is larger than the topic takes stays, also when all go back", () => {
    const { message, reason } = judge(letterOf(Buffer.alloc(1_100_000)), true);
    assert.equal(message, undefined);
    assert.match(reason, /more than the topic takes/);
  });

  test("has an id of its own, the same each time", () => {
    const other = { ...letterOf(readable), offset: "1" };
    assert.equal(judge(letterOf(readable)).letterId, judge(letterOf(readable)).letterId);
    assert.notEqual(judge(letterOf(readable)).letterId, judge(other).letterId);
  });
});
