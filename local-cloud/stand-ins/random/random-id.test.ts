import assert from "node:assert/strict";
import { it } from "node:test";
import { formsOf } from "./random-id.ts";

it("shows a random id in each format, with its prefix and its leading zeros", () => {
  assert.deepEqual(formsOf(Buffer.from("00fbff", "hex"), "p-"), {
    b64Std: "p-APv/",
    b64Url: "p-APv_",
    dec: "p-64511",
    hex: "p-00fbff",
  });
});
