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
  it("finds nothing where nothing changed, whatever the order of members", () => {
    assert.deepEqual(changes({ a: 1, b: { c: [1], d: "x" } }, { b: { d: "x", c: [1] }, a: 1 }), []);
  });

  it("names what came, went and changed by its path", () => {
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

  it("takes an unknown value as a change, and what the SDK added as none", () => {
    assert.deepEqual(changes({ a: 1, __internal: {} }, { a: UNKNOWN, __defaults: [] }), ["update a"]);
  });

  it("takes a change of type as one change", () => {
    assert.deepEqual(changes({ a: [1] }, { a: { b: 1 } }), ["update a"]);
  });

  it("replaces for a top-level property and all under it", () => {
    const rules = { replaceOn: ["a", "list"] };
    assert.deepEqual(changes({ a: 1, list: [1], b: 1 }, { a: 2, list: [2], b: 2 }, rules), [
      "update a replaces",
      "update list[0] replaces",
      "update b",
    ]);
  });

  it("replaces for a nested property, also when its object comes or goes with it", () => {
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

  it("does not take a name for the start of another", () => {
    assert.deepEqual(changes({ diskSize: 1 }, { diskSize: 2 }, { replaceOn: ["disk"] }), ["update diskSize"]);
  });

  it("replaces for what a function says", () => {
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

  it("overlooks inputs that are not watched", () => {
    const rules = { unwatched: ["registry.password"] };
    const olds = { registry: { password: "a", server: "x" } };
    assert.deepEqual(changes(olds, { registry: { password: "b", server: "x" } }, rules), []);
    assert.deepEqual(changes(olds, { registry: { password: "b", server: "y" } }, rules), ["update registry.server"]);
  });

  it("names each replacing property once", () => {
    const found = diffInputs({ list: [1, 1], a: 1 }, { list: [2, 2], a: 2 }, { replaceOn: ["list"], update });
    assert.deepEqual(replacingProperties(found), ["list"]);
  });
});
