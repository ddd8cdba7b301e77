import assert from "node:assert/strict";
import { test } from "node:test";
import { renderConfig } from "./ssh-hosts.ts";
import type { StackOutputs } from "./stack-outputs.ts";

const stack: StackOutputs = {
  ...{ apiUrl: "http://api.example", managerPublicIp: "203.0.113.9", mode: "kafka", loadGenerator: "k6" },
  nodes: [
    { name: "manager", role: "manager", privateIp: "10.0.0.4", labels: {}, hostKey: "ssh-ed25519 A" },
    { name: "load-generator", role: "load-generator", privateIp: "10.0.0.9", labels: {}, hostKey: "ssh-ed25519 B" },
  ],
};

test("the manager is reached at its public address, the others through it, each by the key that is known", () => {
  const config = renderConfig(stack, "/folder", "/folder/key");
  assert.match(config, /Host manager\n {2}HostName 203\.0\.113\.9\n {2}HostKeyAlias manager\nHost/);
  assert.match(
    config,
    /Host load-generator\n {2}HostName 10\.0\.0\.9\n {2}HostKeyAlias load-generator\n {2}ProxyJump manager\n/,
  );
  assert.match(config, /StrictHostKeyChecking yes/);
  assert.match(config, /IdentityFile \/folder\/key\n {2}IdentitiesOnly yes/);
});

test("without a key of the program's, ssh finds the operator's as it always does", () => {
  assert.doesNotMatch(renderConfig(stack, "/folder"), /Identit/);
});
