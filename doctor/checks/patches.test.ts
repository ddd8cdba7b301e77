import assert from "node:assert/strict";
import { test } from "node:test";
import { format, healthyHost } from "../testing.ts";
import { checkPatches, patchAge } from "./patches.ts";

const DAY = 86_400;

/** Returns a host whose packages are that many days old. */
function patchedBefore(days: number) {
  return { ...healthyHost(), patched: 1_001 - days * DAY };
}

test("notes the hosts whose packages are older than 30 days", () => {
  const hosts = { manager: patchedBefore(30), "worker-1": patchedBefore(31), kafka: patchedBefore(40) };
  assert.deepEqual(format(checkPatches({ hosts }, "up")), [
    "note: the packages of worker-1, kafka are up to 40 days old -> set hosts.generation to another number (workers), or hosts.ami to a newer image (all hosts); up then replaces them by patched ones",
  ]);
  assert.deepEqual(checkPatches({ hosts: { manager: patchedBefore(30) } }, "up"), []);
});

test("returns the age of the oldest packages among the hosts that answered", () => {
  assert.equal(patchAge({ hosts: { manager: patchedBefore(2), kafka: patchedBefore(9), "worker-1": undefined } }), 9);
});
