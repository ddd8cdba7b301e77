import assert from "node:assert/strict";
import { it } from "node:test";
import { pushedDigest } from "./image.ts";
import { registryOf, repositoryOf } from "./reference.ts";

it("finds the registry of an image name", () => {
  assert.equal(
    registryOf("1234.dkr.ecr.ap-northeast-2.amazonaws.com/api:1"),
    "1234.dkr.ecr.ap-northeast-2.amazonaws.com",
  );
  assert.equal(registryOf("localhost/api"), "localhost");
  assert.equal(registryOf("host:5000/api"), "host:5000");
  assert.equal(registryOf("user/api:1"), "docker.io");
  assert.equal(registryOf("debian:13"), "docker.io");
});

it("finds the repository of an image name", () => {
  assert.equal(repositoryOf("host:5000/api"), "host:5000/api");
  assert.equal(repositoryOf("host:5000/api:1"), "host:5000/api");
  assert.equal(repositoryOf("host:5000/api@sha256:00"), "host:5000/api");
});

it("returns the digest of the repository that was pushed to", () => {
  const digests = ["other/api@sha256:11", "host:5000/api@sha256:22"];
  assert.equal(pushedDigest("host:5000/api:1", digests), "host:5000/api@sha256:22");
  assert.throws(() => pushedDigest("host:5000/api:1", []), /has no digest of host:5000\/api:1/);
});
