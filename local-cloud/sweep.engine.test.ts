import assert from "node:assert/strict";
import { after, it } from "node:test";
import { z } from "zod";
import type { CloudPackage, ResourceType } from "./provider/resource-type.ts";
import { testAccount } from "./engine/test-account.ts";

process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("sweep").account;
const { createRecord, deleteRecord, listRecords } = await import("./engine/records.ts");
const { identityOf, sweep } = await import("./sweep.ts");

/** Returns a type whose resource can't be deleted while another record uses it. */
function typeInUse(token: string): ResourceType {
  return {
    token,
    inputs: z.strictObject({}),
    replaceOn: [],
    create: () => Promise.reject(new Error("nothing is created here")),
    read: () => Promise.resolve(undefined),
    delete: async (id) => {
      const holder = (await listRecords()).find(({ properties }) => properties["uses"] === id);
      if (holder !== undefined) throw new Error(`${holder.id} still uses it`);
      await deleteRecord(token, id);
    },
  };
}

const cloud: CloudPackage = {
  name: "test",
  version: "1.0.0",
  configuration: z.strictObject({}),
  resources: [typeInUse("test:index:Thing")],
  functions: [],
};

after(() => sweep(cloud, new Set()));

it("deletes resources that are in no state, in any order, and keeps those of the state, of other stacks and of unknown types", async () => {
  const thing = "test:index:Thing";
  await createRecord(thing, "known", {}, "one");
  await createRecord(thing, "used", {}, "one");
  await createRecord(thing, "user", { uses: "used" }, "one");
  await createRecord(thing, "elsewhere", {}, "two");
  await createRecord("test:index:Stranger", "stranger", {}, "one");

  const { deleted, failed } = await sweep(cloud, new Set([identityOf({ type: thing, id: "known" })]), "one");

  assert.deepEqual(deleted.map(({ id }) => id).sort(), ["used", "user"]);
  assert.deepEqual(
    failed.map(({ orphan, reason }) => [orphan.id, reason]),
    [["stranger", "test has no resource type test:index:Stranger"]],
  );
  assert.deepEqual((await listRecords()).map(({ id }) => id).sort(), ["elsewhere", "known", "stranger"]);
  await deleteRecord("test:index:Stranger", "stranger");
});
