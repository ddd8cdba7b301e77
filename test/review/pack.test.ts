import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ReviewError } from "../../review/review-error.ts";
import { Clone } from "./support/clone.ts";

// pulumi preview --policy-pack policy, as the workflows run it, by the real engine.
describe("the policy pack in the engine", () => {
  let clone: Clone;

  before(async () => {
    clone = await Clone.make("pack");
  });
  after(async () => {
    await clone.dispose();
  });

  test("lets today's program pass", async () => {
    await clone.edit([]);
    assert.match(await clone.previewWithPack("local"), /^Policies:\n\s+✅ gifticon-event/m);
  });

  test("stops a change that breaks a mandatory guardrail, and names the rule", async () => {
    await clone.edit([
      { file: "infra/components/host.ts", from: "httpPutResponseHopLimit: 1", to: "httpPutResponseHopLimit: 2" },
    ]);
    await assert.rejects(clone.previewWithPack("local"), (error: unknown) => {
      assert.ok(error instanceof ReviewError);
      const said = error.details.join("\n");
      assert.match(said, /\[mandatory\]\s+imds-v2\s+\(aws:ec2:Instance: worker-1\)/);
      assert.match(said, /worker-1 metadataOptions\.httpPutResponseHopLimit is not 1/);
      return true;
    });
  });
});
