import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { accountFilter } from "./account.ts";
import { docker } from "./docker.ts";
import { changeRecord, createRecord, deleteRecord, getRecord, listRecords, updateRecord } from "./records.ts";
import { testAccount } from "./test-account.ts";

/** The test has its own account, so other environments on the machine are not affected. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("records").account;
const type = "test:index/thing:Thing";

afterEach(async () => {
  for (const { type: of, id } of await listRecords()) await deleteRecord(of, id);
  assert.deepEqual((await docker.listVolumes({ filters: accountFilter() })).Volumes, []);
});

test("a record is read as it was written, with any characters in its id", async () => {
  const properties = { list: [1, "zwei", null], nested: { yes: true } };
  await createRecord(type, "arn:aws:thing/ü one", properties, "local");
  assert.deepEqual(await getRecord(type, "arn:aws:thing/ü one"), {
    type,
    id: "arn:aws:thing/ü one",
    properties,
    stack: "local",
  });
});

test("an id is unique within a type, and free for another type", async () => {
  await createRecord(type, "one", {});
  await assert.rejects(createRecord(type, "one", {}), { code: "RecordExists" });
  await createRecord("test:index/other:Other", "one", {});
  assert.equal((await listRecords(type)).length, 1);
});

test("of several creations of the same record at once, one succeeds", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, (_, index) => createRecord(type, "one", { index })),
  );
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
});

test("no change is lost when many happen at once, and the stack stays", async () => {
  await createRecord(type, "one", { count: 0 }, "local");
  const increment = () => changeRecord(type, "one", ({ count }) => ({ count: Number(count) + 1 }));
  await Promise.all(Array.from({ length: 10 }, increment));
  assert.deepEqual(await getRecord(type, "one"), { type, id: "one", properties: { count: 10 }, stack: "local" });
});

test("after a killed change the newer of two versions is used, and the next change removes the older", async () => {
  await createRecord(type, "one", { version: 1 });
  const [old] = (await docker.listVolumes({ filters: accountFilter(type, "one") })).Volumes;
  assert.ok(old);
  await updateRecord(type, "one", { version: 2 });
  await docker.createVolume({ Name: old.Name, Labels: old.Labels });
  assert.deepEqual((await getRecord(type, "one"))?.properties, { version: 2 });
  assert.deepEqual(
    (await listRecords(type)).map(({ properties }) => properties),
    [{ version: 2 }],
  );
  await updateRecord(type, "one", { version: 3 });
  assert.deepEqual((await getRecord(type, "one"))?.properties, { version: 3 });
});

test("deleting a record that does not exist succeeds", async () => {
  await deleteRecord(type, "nothing");
  assert.equal(await getRecord(type, "nothing"), undefined);
});
