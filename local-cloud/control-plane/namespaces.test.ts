import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { hasNamespace } from "./namespaces.ts";

test("a process has its network namespace until it ends", async () => {
  const child = spawn("cat");
  const pid = child.pid ?? 0;
  assert.equal(hasNamespace(pid), true);
  child.stdin.end();
  await once(child, "exit");
  assert.equal(hasNamespace(pid), false);
});
