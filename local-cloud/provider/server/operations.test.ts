import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Operations } from "./operations.ts";

const untilAborted = async (signal: AbortSignal): Promise<never> => {
  await once(signal, "abort");
  throw signal.reason as Error;
};

describe("operations", () => {
  it("end when they are cancelled, and no new one starts", async () => {
    const operations = new Operations();
    const running = operations.run(0, untilAborted);
    operations.cancel();
    await assert.rejects(running, /the update was cancelled/);
    await assert.rejects(
      operations.run(0, () => Promise.resolve()),
      /the update was cancelled/,
    );
    await operations.settled();
  });

  it("end at their timeout", async () => {
    await assert.rejects(new Operations().run(0.01, untilAborted), /not done within the timeout of 0.01 s/);
  });
});
