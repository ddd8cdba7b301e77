import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedPolicyDocument, parsePolicy, policySize } from "./policy-document.ts";

const allow = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" };
const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

test("a single value becomes a list", () => {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: allow });
  assert.deepEqual(parsePolicy(text, "identity"), [
    {
      effect: "Allow",
      actions: ["ssm:GetParameter"],
      notActions: [],
      resources: ["*"],
      notResources: [],
      conditions: {},
    },
  ]);
});

test("condition values become lists of text", () => {
  const text = document({ ...allow, Condition: { Bool: { "aws:SecureTransport": true } } });
  assert.deepEqual(parsePolicy(text, "identity")[0]?.conditions, { Bool: { "aws:SecureTransport": ["true"] } });
});

const refused: [string, string, "identity" | "trust", RegExp][] = [
  ["text that is not JSON", "{", "identity", /invalid Json/],
  ["an unknown version", JSON.stringify({ Version: "2020-01-01", Statement: allow }), "identity", /Version/],
  ["an unknown field", document({ ...allow, Actions: "x:y" }), "identity", /Actions/],
  ["no statement", document(), "identity", /Statement/],
  ["another effect", document({ ...allow, Effect: "allow" }), "identity", /Effect/],
  ["no action", document({ Effect: "Allow", Resource: "*" }), "identity", /must contain actions/],
  ["an action without a service", document({ ...allow, Action: "GetParameter" }), "identity", /prefaced by a vendor/],
  ["no resource", document({ Effect: "Allow", Action: "ecr:*" }), "identity", /must contain resources/],
  ["a resource that is not an ARN", document({ ...allow, Resource: "my-bucket" }), "identity", /must be in ARN format/],
  ["a principal", document({ ...allow, Principal: "*" }), "identity", /should not specify a principal/],
  ["a Sid with a dash", document({ ...allow, Sid: "a-b" }), "identity", /alpha-numeric/],
  ["trust without principal", document({ Effect: "Allow", Action: "sts:AssumeRole" }), "trust", /Principal/],
  [
    "trust with a resource",
    document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*", Resource: "*" }),
    "trust",
    /prohibited field Resource/,
  ],
  [
    "trust of another action",
    document({ Effect: "Allow", Action: "s3:Get", Principal: "*" }),
    "trust",
    /only specify STS/,
  ],
];

for (const [what, text, kind, message] of refused) {
  test(`${what} is malformed`, () => {
    assert.throws(
      () => parsePolicy(text, kind),
      (error) => error instanceof MalformedPolicyDocument && message.test(error.message),
    );
  });
}

test("the size does not count white space", () => {
  assert.equal(policySize('{ "a":\n 1 }'), 7);
});
