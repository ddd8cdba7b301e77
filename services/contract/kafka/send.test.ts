import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RecordMetadata } from "kafkajs";
import { NotAcknowledgedError, sendAcknowledged } from "./send.ts";

const send = (answers: Pick<RecordMetadata, "errorCode">[]) =>
  sendAcknowledged({ send: () => Promise.resolve(answers as RecordMetadata[]) }, "t", [{ value: "v" }]);

describe("an acknowledgement", () => {
  test("is an answer without an error for each partition", async () => {
    await send([{ errorCode: 0 }, { errorCode: 0 }]);
  });

  test("isn't a send that succeeds without any answer", async () => {
    await assert.rejects(send([]), NotAcknowledgedError);
  });

  test("isn't an answer with an error among good ones", async () => {
    await assert.rejects(send([{ errorCode: 0 }, { errorCode: 7 }]), NotAcknowledgedError);
  });
});
