import assert from "node:assert/strict";
import { test } from "node:test";
import { poweredOff } from "./power.ts";

function event(changes: { Action?: string; exitCode?: string; type?: string } = {}): string {
  const { Action = "die", exitCode = "64", type = "aws:ec2/instance:Instance" } = changes;
  return JSON.stringify({
    Type: "container",
    Action,
    Actor: { ID: "c1", Attributes: { "local-cloud.type": type, exitCode } },
  });
}

test("an instance that ends with the code of a power-off has powered itself off", () => {
  assert.equal(poweredOff(event()), "c1");
});

for (const [name, changes] of [
  ["a reboot", { exitCode: "0" }],
  ["a crash", { exitCode: "137" }],
  ["the end of another container", { type: "aws:rds/instance:Instance" }],
  ["a start", { Action: "start" }],
] as const) {
  test(`${name} is no power-off`, () => {
    assert.equal(poweredOff(event(changes)), undefined);
  });
}
