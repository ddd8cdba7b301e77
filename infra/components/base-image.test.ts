import assert from "node:assert/strict";
import { test } from "node:test";
import { baseOf, refuseStandIn } from "./base-image.ts";

test("a stand-in is refused with the image's name and the commands that replace it", () => {
  assert.throws(() => {
    refuseStandIn("apache/kafka:3.9.1", "true\n");
  }, /^Error: apache\/kafka:3\.9\.1 on this machine is a stand-in .* docker image rm apache\/kafka:3\.9\.1 && docker pull/);
});

test("an official image, or none yet, is built from", () => {
  for (const label of ["\n", "", "<no value>\n"]) refuseStandIn("node:24-trixie-slim", label);
});

test("the base image is the one of the line FROM, also below comments", () => {
  assert.equal(baseOf("Dockerfile", "# FROM a comment\nFROM node:24-trixie-slim\nRUN true\n"), "node:24-trixie-slim");
  assert.throws(() => baseOf("x/Dockerfile", "RUN true\n"), /x\/Dockerfile has no FROM line/);
});
