import assert from "node:assert/strict";
import { test } from "node:test";
import { Cleanup } from "./cleanup.ts";

test("functions run in reverse order", async () => {
  const undone: number[] = [];
  const cleanup = new Cleanup();
  for (const step of [1, 2, 3]) cleanup.add(() => Promise.resolve(undone.push(step)));
  await cleanup.all();
  assert.deepEqual(undone, [3, 2, 1]);
});

test("a function runs once", async () => {
  let undone = 0;
  const cleanup = new Cleanup();
  const undo = cleanup.add(() => Promise.resolve(undone++));
  await undo();
  await undo();
  await cleanup.all();
  assert.equal(undone, 1);
});

test("an error doesn't stop the others and is thrown at the end", async () => {
  let undone = 0;
  const cleanup = new Cleanup();
  cleanup.add(() => Promise.resolve(undone++));
  cleanup.add(() => Promise.reject(new Error("no such container")));
  await assert.rejects(cleanup.all(), /no such container/);
  assert.equal(undone, 1);
});
