import assert from "node:assert/strict";
import { test } from "node:test";
import { keyPair } from "./key-pair.ts";
import { subnet } from "./subnet.ts";
import { vpc } from "./vpc.ts";
import { availabilityZones } from "./zones.ts";

const vpcId = "vpc-0123456789abcdef0";

function complaints(type: { inputs: { safeParse: (value: unknown) => unknown } }, inputs: object): string[] {
  const result = type.inputs.safeParse(inputs) as { error?: { issues: { path: PropertyKey[] }[] } };
  return result.error?.issues.map((issue) => issue.path.join(".")) ?? [];
}

for (const cidrBlock of ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/16", "ten"]) {
  test(`a VPC's range can't be ${cidrBlock}`, () => {
    assert.deepEqual(complaints(vpc, { cidrBlock }), ["cidrBlock"]);
  });
}

test("VPC options that local-cloud doesn't support are refused", () => {
  const unsupported = { assignGeneratedIpv6CidrBlock: true, instanceTenancy: "dedicated", enableDnsSupport: false };
  assert.deepEqual(
    complaints(vpc, { cidrBlock: "10.0.0.0/16", ...unsupported }).sort(),
    Object.keys(unsupported).sort(),
  );
});

test("a subnet's zone must be a zone of the region", () => {
  const cidrBlock = "10.0.1.0/24";
  assert.deepEqual(complaints(subnet, { vpcId, cidrBlock, availabilityZone: "ap-northeast-2a" }), []);
  assert.deepEqual(complaints(subnet, { vpcId, cidrBlock, availabilityZone: "us-east-1a" }), ["availabilityZone"]);
});

test("zones have a name and an id", () => {
  assert.deepEqual(availabilityZones()[0], { name: "ap-northeast-2a", id: "apne2-az1" });
});

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF/gWohHM1LZbxWiJuSKI6FQgpFlp54bXoSspg5IOBOQ operator@example";

test("a key pair accepts an OpenSSH public key", () => {
  assert.deepEqual(complaints(keyPair, { publicKey: ed25519 }), []);
});

for (const publicKey of [
  "",
  "ssh-ed25519 AAAA",
  ed25519.replace("ssh-ed25519 ", "ssh-rsa "),
  ed25519.replace("ssh-ed25519 ", "ecdsa-sha2-nistp256 "),
  `${ed25519}\n${ed25519}`,
]) {
  test(`${JSON.stringify(publicKey.slice(0, 40))}... is not a public key that EC2 accepts`, () => {
    assert.deepEqual(complaints(keyPair, { publicKey }), ["publicKey"]);
  });
}
