import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSettings } from "./settings.ts";

test("compares settings member by member, in any order", () => {
  const before = {
    "aws:region": "eu-west-1",
    "gifticon-event:hosts": { ami: "ami-1", worker: { diskGib: 10 } },
    "gifticon-event:operators": { cidrs: ["192.0.2.1/32", "192.0.2.2/32"] },
    "gifticon-event:workers": 5,
  };
  const after = {
    "gifticon-event:workers": 5,
    "gifticon-event:operators": { cidrs: ["192.0.2.1/32"] },
    "gifticon-event:hosts": { worker: { diskGib: 20 }, ami: "ami-1" },
    "aws:region": "eu-west-1",
    "aws:defaultTags": { tags: { Team: "event" } },
  };
  assert.deepEqual(changedSettings(before, before), []);
  assert.deepEqual(changedSettings(before, after), [
    { key: "aws:defaultTags", before: undefined, after: { tags: { Team: "event" } } },
    { key: "gifticon-event:hosts.worker.diskGib", before: 10, after: 20 },
    {
      key: "gifticon-event:operators.cidrs",
      before: ["192.0.2.1/32", "192.0.2.2/32"],
      after: ["192.0.2.1/32"],
    },
  ]);
});

test("a setting that states its default counts as unchanged", () => {
  assert.deepEqual(changedSettings({}, { "aws:region": "ap-northeast-2" }), []);
  assert.deepEqual(changedSettings({ "aws:region": "eu-west-1" }, {}), [
    { key: "aws:region", before: "eu-west-1", after: "ap-northeast-2" },
  ]);
});
