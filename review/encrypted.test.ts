import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSettings } from "./settings.ts";
import { complete } from "./stack-file.ts";

const secure = (text: string) => ({ secure: `v1:${text}` });
const hosts = { ami: "ami-0123456789abcdef0" };
const cidrs = ["192.0.2.1/32"];

test("an encrypted value counts as absent at any place, and the report says so", () => {
  const { config, assumptions } = complete({
    "aws:token": secure("a"),
    "aws:defaultTags": { tags: { Owner: secure("b"), Team: "event" } },
    "gifticon-event:workers": secure("c"),
    "gifticon-event:hosts": { ami: secure("d") },
    "gifticon-event:operators": { cidrs: [secure("e"), "192.0.2.1/32"], sshPublicKeys: [secure("f")] },
  });
  assert.deepEqual(config, {
    "aws:defaultTags": { tags: { Team: "event" } },
    "gifticon-event:hosts": { ami: "ami-0d13d13d13d13d130" },
    "gifticon-event:operators": { cidrs: ["192.0.2.1/32"] },
  });
  assert.deepEqual(assumptions, [
    "aws:token is encrypted: its value is not looked at",
    "aws:defaultTags.tags.Owner is encrypted: its value is not looked at",
    "gifticon-event:workers is encrypted: its value is not looked at",
    "gifticon-event:hosts.ami is encrypted: its value is not looked at",
    "gifticon-event:operators.cidrs[0] is encrypted: its value is not looked at",
    "gifticon-event:operators.sshPublicKeys[0] is encrypted: its value is not looked at",
    'gifticon-event:hosts.ami = "ami-0d13d13d13d13d130"',
  ]);
});

test("a setting that is encrypted after the change has its former value", () => {
  const before = { "gifticon-event:workers": 7, "gifticon-event:operators": { cidrs }, "gifticon-event:hosts": hosts };
  const after = {
    ...before,
    "gifticon-event:workers": secure("a"),
    "gifticon-event:operators": { cidrs: [secure("b")] },
  };
  assert.deepEqual(complete(after, before).config, before);
  assert.deepEqual(complete(before, after).config, before);
});

test("an encrypted setting is compared as a secret, and none of its values is shown", () => {
  const changed = (before: unknown, after: unknown) =>
    changedSettings({ "gifticon-event:workers": before }, { "gifticon-event:workers": after });
  const secret = [{ key: "gifticon-event:workers", secret: true }];
  assert.deepEqual(changed(secure("a"), secure("a")), []);
  assert.deepEqual(changed(secure("a"), secure("b")), secret);
  assert.deepEqual(changed(5, secure("b")), secret);
  assert.deepEqual(changed(secure("a"), undefined), secret);
  assert.deepEqual(changed([secure("a"), 1], [secure("a"), 2]), secret);
  assert.deepEqual(changed({ a: secure("a"), b: 1 }, { a: secure("b"), b: 2 }), [
    { key: "gifticon-event:workers.a", secret: true },
    { key: "gifticon-event:workers.b", before: 1, after: 2 },
  ]);
});
