import assert from "node:assert/strict";
import { test } from "node:test";
import { renderUserData } from "./user-data.ts";

const values = {
  hostName: "worker-1",
  generation: 1,
  region: "ap-northeast-2",
  hostKeyParameter: "/gifticon-event/test/worker-1/host-key",
  registry: "registry.example",
  leavePublicKey: "ssh-ed25519 AAAA",
  sessionManager: false,
};

test("user data above AWS's limit is refused", () => {
  assert.throws(() => renderUserData({ ...values, hostName: "x".repeat(20_000) }), /bytes; AWS allows 16384/);
});
