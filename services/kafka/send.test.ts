import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sizeOf } from "@gifticon/contract/message-size.ts";
import fc from "fast-check";
import type { Message, RecordMetadata } from "kafkajs";
import { NotAcknowledgedError, sendAcknowledged, slices } from "./send.ts";

const send = (answers: Partial<RecordMetadata>[], messages: Message[] = [{ value: "v" }]) =>
  sendAcknowledged({ send: () => Promise.resolve(answers as RecordMetadata[]) }, "t", messages);

describe("an acknowledgement", () => {
  test("is an answer without an error for each partition", async () => {
    await send([{ errorCode: 0 }, { errorCode: 0 }]);
  });

  test("isn't a send that succeeds without any answer", async () => {
    await assert.rejects(send([]), NotAcknowledgedError);
  });

  test("isn't an answer for partitions other than the written ones", async () => {
    const messages = [0, 1].map((partition) => ({ partition, value: "v" }));
    await assert.rejects(send([{ partition: 0, errorCode: 0 }], messages), NotAcknowledgedError);
    const answers = [1, 0].map((partition) => ({ partition, errorCode: 0 }));
    await send(answers, messages);
  });

  test("isn't an answer with an error among good ones", async () => {
    await assert.rejects(send([{ errorCode: 0 }, { errorCode: 7 }]), NotAcknowledgedError);
  });
});

describe("slices of messages", () => {
  const message = (bytes: number): Message => ({ value: Buffer.alloc(bytes) });

  test("keep the order, lose nothing, and stay within the limit, except for a single larger message", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_500)), (sizes) => {
        const messages = sizes.map(message);
        const all = slices(messages, 1_000);
        assert.deepEqual(all.flat(), messages);
        for (const slice of all) {
          const bytes = slice.reduce((sum, one) => sum + sizeOf(one), 0);
          assert.ok(slice.length === 1 || (slice.length > 1 && bytes <= 1_000), `${slice.length} of ${bytes} bytes`);
        }
      }),
    );
  });

  test("are few", () => {
    assert.equal(
      slices(
        Array.from({ length: 100 }, () => message(0)),
        10_000,
      ).length,
      1,
    );
  });
});
