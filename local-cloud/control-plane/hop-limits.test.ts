import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleView } from "./example-view.ts";
import { renderHopLimits } from "./hop-limits.ts";

test("an answer to an instance travels as many hops as its metadata options allow", () => {
  assert.equal(
    renderHopLimits(exampleView({ metadataOptions: { httpPutResponseHopLimit: 2 } })),
    `*mangle
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -d 10.0.1.4/32 -p tcp --sport 80 -j TTL --ttl-set 2
-A POSTROUTING -d 10.0.1.5/32 -p tcp --sport 80 -j TTL --ttl-set 1
COMMIT
`,
  );
});
