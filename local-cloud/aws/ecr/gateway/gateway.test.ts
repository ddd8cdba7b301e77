import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { loginIsValid, newPassword } from "./login.ts";
import { isDigest, isImmutable, layerOf, parsePath } from "./rules.ts";

const key = randomBytes(32);
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

test("a login is valid until it expires", () => {
  const header = basic("AWS", newPassword(key, 1_000));
  assert.equal(loginIsValid(header, key, 999), true);
  assert.equal(loginIsValid(header, key, 1_000), false);
});

test("a login with another user, key, expiry or scheme is refused", () => {
  const password = newPassword(key, 1_000);
  assert.equal(loginIsValid(basic("aws", password), key, 0), false);
  assert.equal(loginIsValid(basic("AWS", password), randomBytes(32), 0), false);
  assert.equal(loginIsValid(basic("AWS", password.replace(/^[^.]+/, "zzzz")), key, 0), false);
  for (const header of [undefined, "", "Bearer x", "Basic !", basic("AWS", "x")])
    assert.equal(loginIsValid(header, key, 0), false);
});

test("the repository of a path may have several levels", () => {
  assert.deepEqual(parsePath("/v2/app/manifests/1.0"), { repository: "app", kind: "manifests", reference: "1.0" });
  assert.deepEqual(parsePath("/v2/a/b/c/blobs/uploads/?from=x"), {
    repository: "a/b/c",
    kind: "blobs",
    reference: "uploads/",
  });
  assert.equal(parsePath("/v2/"), undefined);
  assert.equal(parsePath("/v2/_catalog"), undefined);
});

test("the repository's setting and exclusions decide which tags are immutable", () => {
  const repository = (imageTagMutability: string) => ({ name: "app", imageTagMutability, exclusions: ["dev-*"] });
  assert.equal(isImmutable(repository("MUTABLE"), "1"), false);
  assert.equal(isImmutable(repository("IMMUTABLE"), "dev-1"), true);
  assert.equal(isImmutable(repository("IMMUTABLE_WITH_EXCLUSION"), "dev-1"), false);
  assert.equal(isImmutable(repository("IMMUTABLE_WITH_EXCLUSION"), "1"), true);
  assert.equal(isImmutable(repository("MUTABLE_WITH_EXCLUSION"), "dev-1"), true);
  assert.equal(isImmutable(repository("MUTABLE_WITH_EXCLUSION"), "1"), false);
});

test("a digest differs from a tag", () => {
  assert.equal(isDigest(`sha256:${"a".repeat(64)}`), true);
  assert.equal(isDigest("sha256-1"), false);
});

test("the layer of a request is the one that it gets or uploads", () => {
  const layer = `sha256:${"a".repeat(64)}`;
  assert.equal(layerOf(`/v2/team/app/blobs/${layer}`), layer);
  assert.equal(layerOf(`/v2/app/blobs/uploads/1b?_state=x&digest=${encodeURIComponent(layer)}`), layer);
  for (const path of ["/v2/app/blobs/uploads/1b", "/v2/app/blobs/sha256:..%2Fx", `/v2/app/manifests/${layer}`])
    assert.equal(layerOf(path), undefined);
});
