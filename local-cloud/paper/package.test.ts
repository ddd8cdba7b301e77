import assert from "node:assert/strict";
import { test } from "node:test";
import { aws } from "../aws/package.ts";
import type { CloudPackage, Created, ResourceType } from "../provider/resource-type.ts";
import { command } from "../stand-ins/command/package.ts";
import { docker } from "../stand-ins/docker/package.ts";
import { random } from "../stand-ins/random/package.ts";
import { tls } from "../stand-ins/tls/package.ts";
import { PAPER_SECRET } from "./made-up.ts";
import { onPaper, type Ledger } from "./package.ts";

const urn = "urn:pulumi:test::program::aws:ec2/vpc:Vpc::vpc";

function typeOf(cloud: CloudPackage, token: string, ledger: Ledger = new Map()): ResourceType {
  const found = onPaper(cloud, ledger).resources.find((type) => type.token === token);
  assert.ok(found);
  return found;
}

/** What a resource of a type gives. */
function draw(type: ResourceType, inputs: object, of: { urn: string; id?: string } = { urn }): Created {
  const drawn = type.foresee?.(inputs, of);
  assert.ok(drawn);
  return drawn;
}

test("every type of every package can be drawn up", () => {
  for (const cloud of [aws, command, docker, random, tls]) {
    assert.equal(onPaper(cloud, new Map()).resources.length, cloud.resources.length);
  }
});

test("what a resource gives follows from its name and inputs alone, and an update keeps its id", () => {
  const ledger: Ledger = new Map();
  const vpc = typeOf(aws, "aws:ec2/vpc:Vpc", ledger);
  const first = draw(vpc, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true });
  assert.match(first.id, /^vpc-[0-9a-f]{17}$/);
  assert.deepEqual(draw(vpc, { enableDnsSupport: true, cidrBlock: "10.0.0.0/16" }), first);
  assert.notEqual(draw(vpc, { cidrBlock: "10.1.0.0/16" }).id, first.id);
  assert.notEqual(draw(vpc, { cidrBlock: "10.0.0.0/16", enableDnsSupport: true }, { urn: `${urn}-2` }).id, first.id);
  assert.equal(draw(vpc, { cidrBlock: "10.1.0.0/16" }, { urn, id: "vpc-1" }).id, "vpc-1");
  assert.equal(ledger.get(urn)?.gives?.["id"], "vpc-1");
});

test("an image's digest is that of what it is built from", () => {
  const image = typeOf(docker, "docker:index/image:Image");
  const give = (contextDigest: string) =>
    draw(image, { imageName: "registry.example/api:1", build: { contextDigest } }).outputs["repoDigest"];
  assert.equal(give("0".repeat(64)), `registry.example/api@sha256:${"0".repeat(64)}`);
  assert.notEqual(give("1".repeat(64)), give("0".repeat(64)));
});

test("a command that is a function isn't run", async () => {
  const run = onPaper(command, new Map()).functions.find(({ token }) => token === "command:local:run");
  const answer = await run?.invoke({ command: "exit 1" }, { preview: true, signal: new AbortController().signal });
  assert.deepEqual(answer, { stdout: "", stderr: "" });
});

test("secrets on paper can be told from others, and keys are well-formed", () => {
  const { outputs: key } = draw(typeOf(tls, "tls:index/privateKey:PrivateKey"), { algorithm: "ED25519" });
  assert.match(JSON.stringify(key["privateKeyOpenssh"]), new RegExp(`^"${PAPER_SECRET}`));
  const pair = typeOf(aws, "aws:ec2/keyPair:KeyPair").inputs.safeParse({ publicKey: key["publicKeyOpenssh"] });
  assert.equal(pair.success, true);
});
