import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkInstance, instanceInputs } from "./instance-inputs.ts";

const right = { ami: "ami-0d13d13d13d13d130", instanceType: "t3.micro", subnetId: "subnet-0123456789abcdef0" };

/** Returns the properties that the schema refuses. */
function complaints(inputs: Record<string, unknown>): string[] {
  const result = instanceInputs.safeParse({ ...right, ...inputs });
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join("."));
}

/** Returns the properties that the rules across properties refuse. */
function failures(inputs: Record<string, unknown>): string[] {
  return checkInstance(instanceInputs.parse({ ...right, ...inputs })).map(({ property }) => property);
}

test("image, type and subnet are the only required inputs", () => {
  assert.deepEqual(complaints({}), []);
  assert.deepEqual(failures({}), []);
});

for (const [name, inputs] of [
  ["ami", { ami: "ami-0123456789abcdef0" }],
  ["instanceType", { instanceType: "t3.gigantic" }],
  ["subnetId", { subnetId: "vpc-0123456789abcdef0" }],
  ["privateIp", { privateIp: "10.0.0.300" }],
  ["vpcSecurityGroupIds.0", { vpcSecurityGroupIds: ["default"] }],
  ["metadataOptions.httpTokens", { metadataOptions: { httpTokens: "always" } }],
  ["metadataOptions.httpPutResponseHopLimit", { metadataOptions: { httpPutResponseHopLimit: 65 } }],
  ["rootBlockDevice.volumeType", { rootBlockDevice: { volumeType: "ssd" } }],
  ["rootBlockDevice.deleteOnTermination", { rootBlockDevice: { deleteOnTermination: false } }],
  ["hibernation", { hibernation: true }],
  ["launchTemplate", { launchTemplate: { name: "x" } }],
  ["ebsBlockDevices", { ebsBlockDevices: [{ deviceName: "/dev/sdf" }] }],
] as const) {
  test(`a wrong ${name} is refused, and the error names it`, () => {
    assert.deepEqual(complaints(inputs), [name]);
  });
}

test("an unknown property is refused", () => {
  const result = instanceInputs.safeParse({ ...right, instanceTypo: "t3.micro" });
  assert.deepEqual(result.error?.issues[0]?.code, "unrecognized_keys");
});

test("user data may have 16 KiB and no more", () => {
  const script = (length: number) => `#!/bin/sh\n${"#".repeat(length - 10)}`;
  assert.deepEqual(failures({ userData: script(16_384) }), []);
  assert.deepEqual(failures({ userData: script(16_385) }), ["userData"]);
});

test("the limit of user data counts bytes before base64 encoding", () => {
  const encoded = Buffer.from(`#!/bin/sh\n${"é".repeat(8_187)}`).toString("base64");
  assert.deepEqual(failures({ userDataBase64: encoded }), []);
  assert.deepEqual(failures({ userData: `#!/bin/sh\n${"é".repeat(8_188)}` }), ["userData"]);
});

test("the limit of user data counts bytes as they are sent, compressed or not", () => {
  const script = Buffer.from(`#!/bin/sh\n${"#".repeat(20_000)}`);
  assert.deepEqual(failures({ userDataBase64: script.toString("base64") }), ["userDataBase64"]);
  assert.deepEqual(failures({ userDataBase64: gzipSync(script).toString("base64") }), []);
});

for (const [name, text] of [
  ["a script", "#!/usr/bin/env python3\n"],
  ["a cloud-config", "#cloud-config\npackages: [docker.io]\n"],
  ["a list of addresses", "#include\nhttps://example.com/a\n"],
  ["a boothook after a blank line", "\n#cloud-boothook\necho a\n"],
  ["a template", "## template: jinja\n#cloud-config\nruncmd: [echo {{ v1.region }}]\n"],
  ["a MIME message", "Content-Type: multipart/mixed; boundary=a\nMIME-Version: 1.0\n\n--a--\n"],
  ["nothing", ""],
] as const) {
  test(`user data may be ${name}, also compressed`, () => {
    assert.deepEqual(failures({ userData: text }), []);
    assert.deepEqual(failures({ userDataBase64: gzipSync(text).toString("base64") }), []);
  });
}

test("user data that cloud-init would ignore is refused, also compressed", () => {
  const text = "echo a script without its first line\n";
  assert.deepEqual(failures({ userData: text }), ["userData"]);
  assert.deepEqual(failures({ userDataBase64: gzipSync(text).toString("base64") }), ["userDataBase64"]);
  const broken = gzipSync("#!/bin/sh\n").subarray(0, 12).toString("base64");
  assert.deepEqual(failures({ userDataBase64: broken }), ["userDataBase64"]);
});

test("userData and userDataBase64 conflict", () => {
  assert.deepEqual(failures({ userData: "#!/bin/sh\n", userDataBase64: "IyEvYmluL3NoCg==" }), ["userDataBase64"]);
});

test("only burstable types accept CPU credits", () => {
  const creditSpecification = { cpuCredits: "unlimited" };
  assert.deepEqual(failures({ creditSpecification }), []);
  assert.deepEqual(failures({ creditSpecification, instanceType: "m5.large" }), ["creditSpecification.cpuCredits"]);
});

test("a root volume smaller than the image is refused", () => {
  assert.deepEqual(failures({ rootBlockDevice: { volumeSize: 7 } }), ["rootBlockDevice.volumeSize"]);
  assert.deepEqual(failures({ rootBlockDevice: { volumeSize: 8 } }), []);
});
