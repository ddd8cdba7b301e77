import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAuthorization, requestAge, sign, signatureMatches, type SignedRequest } from "./sigv4.ts";

// Key, scope, requests and signatures of AWS's published Signature Version 4 test suite.
const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const scope = { accessKeyId: "AKIDEXAMPLE", date: "20150830", region: "us-east-1", service: "service" };
const base = { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z" };
const noBody = Buffer.alloc(0);

const published: { name: string; request: SignedRequest; signature: string }[] = [
  {
    name: "get-vanilla",
    request: { method: "GET", url: "/", headers: base, body: noBody },
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  },
  {
    name: "get-vanilla-query-order-key-case",
    request: { method: "GET", url: "/?Param2=value2&Param1=value1", headers: base, body: noBody },
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    name: "get-header-key-duplicate",
    request: { method: "GET", url: "/", headers: { ...base, "my-header1": "value2,value2,value1" }, body: noBody },
    signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
  },
  {
    name: "post-vanilla",
    request: { method: "POST", url: "/", headers: base, body: noBody },
    signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  },
];

for (const { name, request, signature } of published) {
  test(`a request is signed as AWS publishes it: ${name}`, () => {
    const signedHeaders = Object.keys(request.headers).sort();
    assert.equal(sign(request, { ...scope, signedHeaders }, secret), signature);
  });
}

const header =
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, " +
  "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const vanilla: SignedRequest = { method: "GET", url: "/", headers: base, body: noBody };

test("an Authorization header is read into its parts, with or without spaces after the commas", () => {
  const parsed = parseAuthorization(header);
  assert.deepEqual(parsed, {
    ...scope,
    signedHeaders: ["host", "x-amz-date"],
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  });
  assert.deepEqual(parseAuthorization(header.replaceAll(", ", ",")), parsed);
});

for (const wrong of [
  undefined,
  "",
  "Basic QVdTOng=",
  "AWS4-HMAC-SHA256 Credential=AKID",
  header.replace("aws4_request", "aws5"),
]) {
  test(`a header that is not a signature is none: ${String(wrong).slice(0, 40)}`, () => {
    assert.equal(parseAuthorization(wrong), undefined);
  });
}

test("the right signature matches; another secret, body, header value or signature does not", () => {
  const authorization = parseAuthorization(header);
  assert.ok(authorization);
  assert.equal(signatureMatches(vanilla, authorization, secret), true);
  assert.equal(signatureMatches(vanilla, authorization, "another"), false);
  assert.equal(signatureMatches({ ...vanilla, body: Buffer.from("x") }, authorization, secret), false);
  assert.equal(signatureMatches({ ...vanilla, headers: { ...base, host: "evil" } }, authorization, secret), false);
  assert.equal(signatureMatches(vanilla, { ...authorization, signature: "00" }, secret), false);
});

test("the age of a request comes from its date", () => {
  assert.equal(requestAge(vanilla, Date.UTC(2015, 7, 30, 12, 36, 5)), 5_000);
  assert.equal(requestAge({ ...vanilla, headers: {} }, 0), undefined);
});
