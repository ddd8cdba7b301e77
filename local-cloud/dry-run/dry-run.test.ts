import assert from "node:assert/strict";
import { test } from "node:test";
import { aws } from "../aws/package.ts";
import type { CloudPackage, Created, ResourceType } from "../provider/resource-type.ts";
import { command } from "../stand-ins/command/package.ts";
import { docker } from "../stand-ins/docker/package.ts";
import { random } from "../stand-ins/random/package.ts";
import { tls } from "../stand-ins/tls/package.ts";
import { SYNTHETIC_SECRET } from "./synthetic-values.ts";
import { dryRun, type Ledger } from "./dry-run.ts";

const urn = "urn:pulumi:test::program::aws:ec2/vpc:Vpc::vpc";

function typeOf(cloud: CloudPackage, token: string, ledger: Ledger = new Map()): ResourceType {
  const found = dryRun(cloud, ledger).resources.find((type) => type.token === token);
  assert.ok(found);
  return found;
}

/** Returns the predicted outputs of a resource. */
function predict(type: ResourceType, inputs: object, of: { urn: string; id?: string } = { urn }): Created {
  const predicted = type.predict?.(inputs, of);
  assert.ok(predicted);
  return predicted;
}

test("every type of every package has a dry run", () => {
  for (const cloud of [aws, command, docker, random, tls]) {
    assert.equal(dryRun(cloud, new Map()).resources.length, cloud.resources.length);
  }
});

test("outputs depend only on the URN and inputs of a resource, and an update keeps its id", () => {
  const ledger: Ledger = new Map();
  const vpc = typeOf(aws, "aws:ec2/vpc:Vpc", ledger);
  const first = predict(vpc, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true });
  assert.match(first.id, /^vpc-[0-9a-f]{17}$/);
  assert.deepEqual(predict(vpc, { enableDnsSupport: true, cidrBlock: "10.0.0.0/16" }), first);
  assert.notEqual(predict(vpc, { cidrBlock: "10.1.0.0/16" }).id, first.id);
  assert.notEqual(predict(vpc, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true }, { urn: `${urn}-2` }).id, first.id);
  assert.equal(predict(vpc, { cidrBlock: "10.1.0.0/16" }, { urn, id: "vpc-1" }).id, "vpc-1");
  assert.equal(ledger.get(urn)?.outputs?.["id"], "vpc-1");
});

test("an image's digest is that of its build context", () => {
  const image = typeOf(docker, "docker:index/image:Image");
  const digestOf = (contextDigest: string) =>
    predict(image, { imageName: "registry.example/api:1", build: { contextDigest } }).outputs["repoDigest"];
  assert.equal(digestOf("0".repeat(64)), `registry.example/api@sha256:${"0".repeat(64)}`);
  assert.notEqual(digestOf("1".repeat(64)), digestOf("0".repeat(64)));
});

test("a command in a function is not run", async () => {
  const run = dryRun(command, new Map()).functions.find(({ token }) => token === "command:local:run");
  const answer = await run?.invoke({ command: "exit 1" }, { preview: true, signal: new AbortController().signal });
  assert.deepEqual(answer, { stdout: "", stderr: "" });
});

test("synthetic secrets can be recognized, and keys are well-formed", () => {
  const { outputs: key } = predict(typeOf(tls, "tls:index/privateKey:PrivateKey"), { algorithm: "ED25519" });
  assert.match(JSON.stringify(key["privateKeyOpenssh"]), new RegExp(`^"${SYNTHETIC_SECRET}`));
  const pair = typeOf(aws, "aws:ec2/keyPair:KeyPair").inputs.safeParse({ publicKey: key["publicKeyOpenssh"] });
  assert.equal(pair.success, true);
});
