import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeDeadLetter, encodeDeadLetter } from "@gifticon/contract/dead-letter.ts";
import type { OutgoingMessage } from "@gifticon/contract/outgoing-message.ts";
import { delivered } from "@gifticon/contract/testing.ts";
import { pino } from "pino";
import { sendDeadLetters } from "./send-dead-letters.ts";

const tooLarge = Object.assign(new Error("too large"), { type: "MESSAGE_TOO_LARGE" });
const letterOf = (value: string) =>
  encodeDeadLetter("coupon_create", 0, delivered({ key: "7", value }), { reason: "because" });

/**
 * Sends letters to a topic that accepts values of at most `most` bytes. Returns what it accepted.
 */
async function written(
  letters: OutgoingMessage[],
  most: number,
  failure: Error = tooLarge,
): Promise<OutgoingMessage[]> {
  const taken: OutgoingMessage[] = [];
  const send = (messages: OutgoingMessage[]) => {
    if (messages.some(({ value }) => (value?.length ?? 0) > most)) return Promise.reject(failure);
    taken.push(...messages);
    return Promise.resolve();
  };
  await sendDeadLetters(send, letters, pino({ level: "silent" }));
  return taken;
}

describe("dead letters", () => {
  test("are written completely, in one send", async () => {
    const letters = [letterOf("seven"), letterOf("eight")];
    assert.deepEqual(await written(letters, 5), letters);
  });

  test("are written without their record if the topic refuses it, and the others completely", async () => {
    const [small, large] = [letterOf("seven"), letterOf("x".repeat(1_000))];
    const [first, second] = await written([small, large], 5);
    assert.deepEqual(first, small);
    const cut = decodeDeadLetter("", 0, delivered(second ?? { value: null }));
    assert.deepEqual([cut.reason, cut.position.topic, cut.record.value], ["because", "coupon_create", null]);
    assert.ok(cut.leftOut >= 1_000);
  });

  test("fail when the broker is unavailable", async () => {
    await assert.rejects(written([letterOf("seven")], 1, new Error("away")), /away/);
  });
});
