import assert from "node:assert/strict";
import { test } from "node:test";
import { Undoing } from "./undoing.ts";

test("everything is undone, the last first", async () => {
  const undone: number[] = [];
  const undoing = new Undoing();
  for (const step of [1, 2, 3]) undoing.add(() => Promise.resolve(undone.push(step)));
  await undoing.all();
  assert.deepEqual(undone, [3, 2, 1]);
});

test("what a case has undone itself isn't undone again", async () => {
  let undone = 0;
  const undoing = new Undoing();
  const undo = undoing.add(() => Promise.resolve(undone++));
  await undo();
  await undo();
  await undoing.all();
  assert.equal(undone, 1);
});

test("one that fails keeps the others from nothing, and is told", async () => {
  let undone = 0;
  const undoing = new Undoing();
  undoing.add(() => Promise.resolve(undone++));
  undoing.add(() => Promise.reject(new Error("no such container")));
  await assert.rejects(undoing.all(), /no such container/);
  assert.equal(undone, 1);
});
