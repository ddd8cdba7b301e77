import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesce } from "./coalesce.ts";

/** Returns passes that end when the test ends them. */
function passes() {
  const ends: PromiseWithResolvers<undefined>[] = [];
  const ask = coalesce(async () => {
    const end = Promise.withResolvers<undefined>();
    ends.push(end);
    await end.promise;
  });
  return { ends, ask };
}

test("all calls during a pass share the next one", async () => {
  const { ends, ask } = passes();
  const first = ask();
  const later = [ask(), ask(), ask()];
  assert.equal(ends.length, 1);
  ends[0]?.resolve(undefined);
  await first;
  // A call is answered by a pass that began after it.
  await new Promise(setImmediate);
  assert.equal(ends.length, 2);
  ends[1]?.resolve(undefined);
  await Promise.all(later);
  assert.equal(ends.length, 2);
});

test("a pass that fails rejects its own calls only, and the next one runs", async () => {
  const { ends, ask } = passes();
  const first = ask();
  const second = ask();
  ends[0]?.reject(new Error("planted"));
  await assert.rejects(first, /planted/);
  await new Promise(setImmediate);
  ends[1]?.resolve(undefined);
  await second;
});

test("a call after a pass gets a pass of its own", async () => {
  const { ends, ask } = passes();
  for (const index of [0, 1]) {
    const asked = ask();
    ends[index]?.resolve(undefined);
    await asked;
  }
  assert.equal(ends.length, 2);
});
