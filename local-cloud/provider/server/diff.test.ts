import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN, type Properties } from "../resource-type.ts";
import { diffInputs, replacingProperties, type ChangeRules } from "./diff.ts";
import { formatPath } from "./paths.ts";

const update: ChangeRules["update"] = () => Promise.resolve({});
const changes = (olds: Properties, news: Properties, rules: Partial<ChangeRules> = {}) =>
  diffInputs(olds, news, { replaceOn: [], update, ...rules }).map(
    ({ path, kind, replaces }) => `${kind} ${formatPath(path)}${replaces ? " replaces" : ""}`,
  );

describe("comparing inputs", () => {
  it("finds nothing where nothing changed, in any order of members", () => {
    assert.deepEqual(changes({ a: 1, b: { c: [1], d: "x" } }, { b: { d: "x", c: [1] }, a: 1 }), []);
  });

  it("names added, deleted and updated values by their paths", () => {
    const olds = { a: 1, gone: "x", list: [{ from: 1 }, { from: 2 }], tags: { "a.b": "1" } };
    const news = { a: 2, came: "y", list: [{ from: 1 }, { from: 3 }], tags: { "a.b": "2" } };
    assert.deepEqual(changes(olds, news), [
      "update a",
      "delete gone",
      "update list[1].from",
      'update tags["a.b"]',
      "add came",
    ]);
  });

  it("counts an unknown value as a change, and ignores members that the SDK adds", () => {
    assert.deepEqual(changes({ a: 1, __internal: {} }, { a: UNKNOWN, __defaults: [] }), ["update a"]);
  });

  it("counts a change of type as one change", () => {
    assert.deepEqual(changes({ a: [1] }, { a: { b: 1 } }), ["update a"]);
  });

  it("replaces for a change of a top-level property or anything in it", () => {
    const rules = { replaceOn: ["a", "list"] };
    assert.deepEqual(changes({ a: 1, list: [1], b: 1 }, { a: 2, list: [2], b: 2 }, rules), [
      "update a replaces",
      "update list[0] replaces",
      "update b",
    ]);
  });

  it("replaces for a nested property, even if its whole object is added or deleted", () => {
    const rules = { replaceOn: ["disk.encrypted"] };
    assert.deepEqual(changes({ disk: { size: 1 } }, { disk: { size: 2 } }, rules), ["update disk.size"]);
    assert.deepEqual(changes({ disk: { encrypted: true } }, { disk: { encrypted: false } }, rules), [
      "update disk.encrypted replaces",
    ]);
    assert.deepEqual(changes({}, { disk: { encrypted: true } }, rules), ["add disk replaces"]);
    assert.deepEqual(changes({}, { disk: { size: 1 } }, rules), ["add disk"]);
    assert.deepEqual(
      changes({ disks: [{ encrypted: true }] }, { disks: [{ encrypted: false }] }, { replaceOn: ["disks.encrypted"] }),
      ["update disks[0].encrypted replaces"],
    );
  });

  it("does not match a name that only starts with a replacing one", () => {
    assert.deepEqual(changes({ diskSize: 1 }, { diskSize: 2 }, { replaceOn: ["disk"] }), ["update diskSize"]);
  });

  it("replaces for the properties that a function returns", () => {
    const replaceOn = (olds: Properties, news: Properties) =>
      Number(news["size"]) < Number(olds["size"]) ? ["size"] : [];
    assert.deepEqual(changes({ size: 2 }, { size: 1 }, { replaceOn }), ["update size replaces"]);
    assert.deepEqual(changes({ size: 1 }, { size: 2 }, { replaceOn }), ["update size"]);
    assert.deepEqual(changes({ a: 1 }, { a: 1 }, { replaceOn: () => ["b"] }), ["update b replaces"]);
  });

  it("replaces for every change of a type that can't be updated", () => {
    const rules: ChangeRules = { replaceOn: [] };
    assert.deepEqual(
      diffInputs({ a: 1 }, { a: 2 }, rules).map(({ replaces }) => replaces),
      [true],
    );
  });

  it("ignores inputs that are not watched", () => {
    const rules = { ignoreChanges: ["registry.password"] };
    const olds = { registry: { password: "a", server: "x" } };
    assert.deepEqual(changes(olds, { registry: { password: "b", server: "x" } }, rules), []);
    assert.deepEqual(changes(olds, { registry: { password: "b", server: "y" } }, rules), ["update registry.server"]);
  });

  it("names each replacing property once", () => {
    const found = diffInputs({ list: [1, 1], a: 1 }, { list: [2, 2], a: 2 }, { replaceOn: ["list"], update });
    assert.deepEqual(replacingProperties(found), ["list"]);
  });
});
