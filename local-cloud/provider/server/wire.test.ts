import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNKNOWN } from "../resource-type.ts";
import { decode, encode, mergeSecrets, redact } from "./wire.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (rest: object) => ({ [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...rest });

describe("reading properties from the wire", () => {
  it("unwraps secrets at any depth, and records their paths", () => {
    const { properties, secrets } = decode({ a: secret("one"), b: { c: [1, secret({ d: "two" })] } });
    assert.deepEqual(properties, { a: "one", b: { c: [1, { d: "two" }] } });
    assert.deepEqual(secrets.paths, new Set(["a", "b.c[1]"]));
    assert.deepEqual(secrets.texts, new Set(["one", "two"]));
  });

  it("records no text of an input that is declared plain", () => {
    const wire = { connection: secret({ host: "10.0.0.1", privateKey: "key" }) };
    const { secrets } = decode(wire, ["connection.host"]);
    assert.deepEqual(secrets.texts, new Set(["key"]));
    assert.deepEqual(secrets.paths, new Set(["connection"]));
  });

  it("reads every kind of unknown value as the same one", () => {
    const { properties } = decode({
      text: UNKNOWN,
      number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      list: ["dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
      output: output({}),
      secret: secret(UNKNOWN),
    });
    const expected = { text: UNKNOWN, number: UNKNOWN, list: [UNKNOWN], output: UNKNOWN, secret: UNKNOWN };
    assert.deepEqual(properties, expected);
  });

  it("unwraps outputs, which may be secret", () => {
    const { properties, secrets } = decode({ a: output({ value: 1 }), b: output({ value: "two", secret: true }) });
    assert.deepEqual(properties, { a: 1, b: "two" });
    assert.deepEqual(secrets.paths, new Set(["b"]));
  });

  it("reads a resource as its id, and null as absent", () => {
    const resource = { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", id: "i-1" };
    assert.deepEqual(decode({ resource, none: null }).properties, { resource: "i-1" });
  });

  it("leaves assets as they are", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "1", path: "file" };
    assert.deepEqual(decode({ asset }).properties, { asset });
  });
});

describe("writing properties to the wire", () => {
  const none = decode({}).secrets;

  it("wraps values again that were secret", () => {
    const { properties, secrets } = decode({ a: secret("one"), b: [{ c: secret(2) }] });
    assert.deepEqual(encode(properties, secrets), { a: secret("one"), b: [{ c: secret(2) }] });
  });

  it("wraps each value that is or contains the text of a secret", () => {
    const { secrets } = decode({ password: secret("long enough"), pin: secret("1234") });
    const outputs = { copy: "long enough", url: "x://:long enough@y", pin: "1234", port: "12345" };
    assert.deepEqual(encode(outputs, secrets), {
      copy: secret("long enough"),
      url: secret("x://:long enough@y"),
      pin: secret("1234"),
      port: "12345",
    });
  });

  it("wraps properties that are declared always secret", () => {
    assert.deepEqual(encode({ token: "t", other: "t" }, none, ["token"]), { token: secret("t"), other: "t" });
  });

  it("leaves out members without a value", () => {
    const inputs = { a: 1, b: undefined, c: { d: undefined } } as unknown as { a: number };
    assert.deepEqual(encode(inputs, none), { a: 1, c: {} });
  });
});

it("messages show no secret, not even a part of a longer one", () => {
  const secrets = mergeSecrets(decode({ a: secret("pass") }).secrets, decode({ b: secret("password") }).secrets);
  assert.equal(redact("login with password, then pass", secrets), "login with [secret], then [secret]");
});
