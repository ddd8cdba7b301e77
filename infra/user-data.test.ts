import assert from "node:assert/strict";
import { test } from "node:test";
import { renderUserData } from "./user-data.ts";

const values = {
  hostName: "load-generator",
  region: "ap-northeast-2",
  hostKeyParameter: "/gifticon-event/test/load-generator/host-key",
  sessionManager: false,
};

test("a host outside of the Swarm installs no Docker", () => {
  const script = renderUserData(values);
  assert.match(script, /^readonly SWARM_NODE='false'$/m);
  assert.match(script, /^readonly -a PACKAGES=\('ca-certificates' 'curl' 'jq'\)$/m);
});

test("user data longer than AWS takes is refused", () => {
  assert.throws(() => renderUserData({ ...values, hostName: "x".repeat(20_000) }), /bytes; AWS takes 16384/);
});
