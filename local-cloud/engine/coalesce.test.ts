import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesce } from "./coalesce.ts";

/** Passes that end when the test says so. */
function passes() {
  const ends: PromiseWithResolvers<undefined>[] = [];
  const ask = coalesce(async () => {
    const end = Promise.withResolvers<undefined>();
    ends.push(end);
    await end.promise;
  });
  return { ends, ask };
}

test("all who ask during a pass share the next one", async () => {
  const { ends, ask } = passes();
  const first = ask();
  const later = [ask(), ask(), ask()];
  assert.equal(ends.length, 1);
  ends[0]?.resolve(undefined);
  await first;
  // Whoever asked is told by a pass that began after that.
  await new Promise(setImmediate);
  assert.equal(ends.length, 2);
  ends[1]?.resolve(undefined);
  await Promise.all(later);
  assert.equal(ends.length, 2);
});

test("a pass that fails does so for those who asked for it, and the next goes on", async () => {
  const { ends, ask } = passes();
  const first = ask();
  const second = ask();
  ends[0]?.reject(new Error("planted"));
  await assert.rejects(first, /planted/);
  await new Promise(setImmediate);
  ends[1]?.resolve(undefined);
  await second;
});

test("who asks after a pass gets a pass of their own", async () => {
  const { ends, ask } = passes();
  for (const index of [0, 1]) {
    const asked = ask();
    ends[index]?.resolve(undefined);
    await asked;
  }
  assert.equal(ends.length, 2);
});
