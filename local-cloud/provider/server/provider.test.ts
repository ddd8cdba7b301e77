import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { UNKNOWN, type ResourceType } from "../resource-type.ts";
import { EngineLog } from "./engine-log.ts";
import { Provider } from "./provider.ts";

/** A lock that needs a key or a code. A code needs a keypad. */
const lock: ResourceType<{ key?: string | undefined; code?: string | undefined; keypad?: boolean | undefined }> = {
  token: "test:index:Lock",
  inputs: z.strictObject({ key: z.string().optional(), code: z.string().optional(), keypad: z.boolean().optional() }),
  replaceOn: [],
  check: ({ key, code, keypad }) => [
    ...(key === undefined && code === undefined
      ? [{ property: "key", reason: "is required without a code", alsoReads: ["code"] }]
      : []),
    ...(code !== undefined && keypad !== true
      ? [{ property: "code", reason: "needs keypad: true", alsoReads: ["keypad"] }]
      : []),
  ],
  create: () => Promise.reject(new Error("nothing is made here")),
  read: () => Promise.resolve(undefined),
  delete: () => Promise.resolve(),
};
const nameless = { name: "test", version: "1.0.0", configuration: z.strictObject({}), functions: [] };
const provider = new Provider({ ...nameless, resources: [lock] }, new EngineLog());

async function failingProperties(inputs: Record<string, unknown>): Promise<string[]> {
  const urn = "urn:pulumi:test::test::test:index:Lock::front";
  const { failures } = await provider.check(urn, undefined, inputs, new Uint8Array(32));
  return failures.map(({ property }) => property);
}

describe("rules across properties", () => {
  it("are checked for known inputs", async () => {
    assert.deepEqual(await failingProperties({}), ["key"]);
    assert.deepEqual(await failingProperties({ code: "1234" }), ["code"]);
    assert.deepEqual(await failingProperties({ code: "1234", keypad: true }), []);
  });

  it("treat an unknown input as given", async () => {
    assert.deepEqual(await failingProperties({ key: UNKNOWN }), []);
    assert.deepEqual(await failingProperties({ code: UNKNOWN }), []);
  });

  it("are not broken while an input that they read is unknown", async () => {
    assert.deepEqual(await failingProperties({ code: "1234", keypad: UNKNOWN }), []);
    assert.deepEqual(await failingProperties({ key: UNKNOWN, code: "1234" }), ["code"]);
  });
});
