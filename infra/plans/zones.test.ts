import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseZones, type ZoneNeeds } from "./zones.ts";

const worker = { name: "worker-1", zone: 0, instanceType: "t3.micro" } as const;
const kafka = { name: "kafka", zone: 1, instanceType: "c7i.large" } as const;
/** Returns the zones of a region, by name, with the types that each offers. */
const region = (zones: Record<string, string[]>, rest: Partial<ZoneNeeds> = {}): ZoneNeeds => ({
  names: Object.keys(zones),
  offerings: Object.entries(zones).flatMap(([zone, types]) => types.map((instanceType) => ({ instanceType, zone }))),
  wanted: undefined,
  hosts: [worker],
  ...rest,
});
const t3 = ["t3.micro"];
const both = ["t3.micro", "c7i.large"];

test("zones without t3 are skipped, and so are Local and Wavelength Zones", () => {
  const zones = {
    "us-east-1-atl-1a": t3,
    "us-east-1-wl1-bos-wlz-1": t3,
    "us-east-1a": [],
    "us-east-1b": t3,
    "us-east-1c": t3,
  };
  assert.deepEqual(chooseZones(region(zones)), ["us-east-1b", "us-east-1c"]);
  assert.deepEqual(chooseZones(region({ "us-gov-west-1a": t3, "us-gov-west-1b": t3 }))[0], "us-gov-west-1a");
});

test("another type of a host never moves the zones: it is refused with the zones that may be set", () => {
  const zones = { "xx-east-1a": both, "xx-east-1b": t3, "xx-east-1c": both };
  assert.throws(
    () => chooseZones(region(zones, { hosts: [worker, kafka] })),
    /zone xx-east-1b does not offer c7i\.large, the instance type of host kafka: set .*network\.zones to two of xx-east-1a, xx-east-1c before/,
  );
  const wanted = ["xx-east-1c", "xx-east-1a"];
  assert.deepEqual(chooseZones(region(zones, { hosts: [worker, kafka], wanted })), wanted);
});

test("only the zone that a host is placed in has to offer its type", () => {
  const zones = { "xx-east-1a": t3, "xx-east-1b": both };
  assert.deepEqual(chooseZones(region(zones, { hosts: [worker, kafka] })), ["xx-east-1a", "xx-east-1b"]);
});

test("a zone that the region lacks is refused with the ones that it has", () => {
  assert.throws(
    () => chooseZones(region({ "xx-east-1a": t3, "xx-east-1b": t3 }, { wanted: ["xx-east-1a", "xx-east-1x"] })),
    /network\.zones has xx-east-1x, allowed are two of xx-east-1a, xx-east-1b/,
  );
});

test("a region with too few zones is refused", () => {
  assert.throws(
    () => chooseZones(region({ "xx-east-1a": t3 })),
    /fewer than two zones of the region offer t3\.micro, .*: choose other instance types or another aws:region/,
  );
});
