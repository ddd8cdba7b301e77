import assert from "node:assert/strict";
import { it } from "node:test";
import { nameOf, suffixes, typeOf } from "./context.ts";
import { describeError } from "./provider.ts";

it("reads a name and a type from a URN, even with parents and colons in it", () => {
  const urn = "urn:pulumi:dev::project::my:index:Host$aws:ec2/instance:Instance::worker::1";
  assert.equal(typeOf(urn), "aws:ec2/instance:Instance");
  assert.equal(nameOf(urn), "worker::1");
});

it("derives suffixes from the seed, and another one for each call", () => {
  const [one, again, other] = [suffixes(Buffer.from("a")), suffixes(Buffer.from("a")), suffixes(Buffer.from("b"))];
  const first = one(7);
  assert.match(first, /^[0-9a-f]{7}$/);
  assert.equal(again(7), first);
  assert.notEqual(other(7), first);
  assert.notEqual(one(7), first);
  assert.equal(suffixes(Buffer.from("a"))(100).length, 100);
});

it("describes an error by its message and those of its causes, each once", () => {
  const error = new Error("can't start", { cause: new Error("no space", { cause: "disk full" }) });
  assert.equal(describeError(error), "can't start: no space: disk full");
  assert.equal(describeError(new Error("outer: inner", { cause: new Error("inner") })), "outer: inner");
});
