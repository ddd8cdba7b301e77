import assert from "node:assert/strict";
import { test } from "node:test";
import { currentNames, renameInUrns } from "./renamed-stacks.ts";

const files = (texts: Record<string, string>) => new Map(Object.entries(texts));
const local = "encryptionsalt: v1:one\nconfig: { a: 1 }\n";
const dev = "config: { a: 1 }\n";

test("a stack is followed to the file that it was renamed to", () => {
  const before = files({ dev, local });
  const names = (after: Record<string, string>) => Object.fromEntries(currentNames(before, files(after)));
  assert.deepEqual(names({ dev, local, own: "config: {}\n" }), { dev: "dev", local: "local" });
  assert.deepEqual(names({ dev, event: local.replace("1 }", "2 }") }), { dev: "dev", local: "event" });
  assert.deepEqual(names({ production: dev, local }), { dev: "production", local: "local" });
  // Two files have the salt of one stack, so none counts as its new name.
  assert.deepEqual(names({ dev, one: local, two: local }), { dev: "dev", local: "local" });
  assert.deepEqual(names({ dev, other: "encryptionsalt: v1:two\n" }), { dev: "dev", local: "local" });
});

test("a renamed stack has its new name in every URN, and nowhere else", () => {
  const root = "urn:pulumi:local::event::pulumi:pulumi:Stack::event-local";
  const state = JSON.stringify({ urn: root, parent: root, name: "/event/local/key", zone: "event-local" });
  assert.deepEqual(JSON.parse(renameInUrns(state, "event", "local", "own")), {
    urn: "urn:pulumi:own::event::pulumi:pulumi:Stack::event-own",
    parent: "urn:pulumi:own::event::pulumi:pulumi:Stack::event-own",
    name: "/event/local/key",
    zone: "event-local",
  });
  const nested = (text: string) => JSON.stringify({ state: JSON.stringify({ urn: text }) });
  assert.equal(renameInUrns(nested(root), "event", "local", "own"), nested(root.replaceAll("local", "own")));
});
