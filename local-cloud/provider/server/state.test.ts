import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN } from "../resource-type.ts";
import { inputsFromOutputs, previewOfUpdate } from "./state.ts";

describe("the preview of an update", () => {
  it("knows the stable outputs and the new inputs, but no output that the update may change", () => {
    const olds = { id: "1", arn: "arn:1", size: 1, revision: 3 };
    assert.deepEqual(previewOfUpdate(olds, { size: 1 }, { size: 2 }, ["revision"]), {
      id: "1",
      arn: "arn:1",
      size: 2,
      revision: UNKNOWN,
    });
  });

  it("does not know the output of an input that was removed", () => {
    assert.deepEqual(previewOfUpdate({ zone: "a" }, { zone: "a" }, {}), { zone: UNKNOWN });
  });
});

describe("the inputs after a read", () => {
  it("have the values of the outputs, and no members that were not given", () => {
    const inputs = { size: 1, disk: { size: 8 }, name: "x" };
    const outputs = { size: 2, disk: { size: 9, volume: "vol-1" }, arn: "arn:1" };
    assert.deepEqual(inputsFromOutputs(inputs, outputs), { size: 2, disk: { size: 9 }, name: "x" });
  });

  it("show no drift for a list in another order, and the new list if its items changed", () => {
    assert.deepEqual(inputsFromOutputs({ ids: ["a", "b"] }, { ids: ["b", "a"] }), { ids: ["a", "b"] });
    assert.deepEqual(inputsFromOutputs({ ids: ["a", "b"] }, { ids: ["a"] }), { ids: ["a"] });
    assert.deepEqual(inputsFromOutputs({ rules: [{ from: 1 }] }, { rules: [{ from: 2, id: "x" }] }), {
      rules: [{ from: 2 }],
    });
  });
});
