import assert from "node:assert/strict";
import { test } from "node:test";
import type { Properties } from "../../provider/resource-type.ts";
import { instance } from "./instance.ts";

const before: Properties = {
  ami: "ami-1",
  instanceType: "t3.micro",
  subnetId: "subnet-1",
  keyName: "operator",
  userData: "#!/bin/sh\n",
  rootBlockDevice: { encrypted: true, volumeSize: 8 },
};

function replaces(change: Properties): string[] {
  assert.ok(typeof instance.replaceOn === "function");
  return instance.replaceOn(before, { ...before, ...change });
}

for (const name of ["ami", "subnetId", "keyName", "privateIp", "associatePublicIpAddress", "ebsOptimized"]) {
  test(`a new ${name} replaces the instance`, () => {
    assert.deepEqual(replaces({ [name]: "other" }), [name]);
  });
}

test("a program that leaves associatePublicIpAddress out keeps an instance that was read while stopped", () => {
  assert.ok(typeof instance.replaceOn === "function");
  assert.deepEqual(instance.replaceOn({ ...before, associatePublicIpAddress: false }, before), []);
});

test("an instance type, groups, tags and a larger root volume change in place", () => {
  const change = {
    instanceType: "t3.medium",
    vpcSecurityGroupIds: ["sg-1"],
    tags: { a: "b" },
    rootBlockDevice: { encrypted: true, volumeSize: 16 },
  };
  assert.deepEqual(replaces(change), []);
});

test("a new encryption of the root volume replaces the instance", () => {
  assert.deepEqual(replaces({ rootBlockDevice: { encrypted: false, volumeSize: 8 } }), ["rootBlockDevice.encrypted"]);
});

test("new user data replaces the instance only with userDataReplaceOnChange", () => {
  assert.deepEqual(replaces({ userData: "#!/bin/bash\n" }), []);
  assert.deepEqual(replaces({ userData: "#!/bin/bash\n", userDataReplaceOnChange: true }), ["userData"]);
});
