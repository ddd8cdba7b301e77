import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { checkRule, validateRule, securityGroupIngressRule } from "./security-group-rule.ts";

const group = "sg-0123456789abcdef0";
const right = { securityGroupId: group, ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" };

function complaints(inputs: Record<string, unknown>): string[] {
  const result = securityGroupIngressRule.inputs.safeParse({ ...right, ...inputs });
  return result.success ? [] : result.error.issues.map((issue) => issue.path.join("."));
}

for (const [name, inputs] of [
  ["ipProtocol", { ipProtocol: "http" }],
  ["ipProtocol", { ipProtocol: "256" }],
  ["fromPort", { fromPort: 65_536 }],
  ["toPort", { toPort: 80.5 }],
  ["cidrIpv4", { cidrIpv4: "10.0.0.1/16" }],
  ["referencedSecurityGroupId", { referencedSecurityGroupId: "web" }],
  ["cidrIpv6", { cidrIpv6: "::/0" }],
] as const) {
  test(`a rule with ${JSON.stringify(inputs)} is refused at ${name}`, () => {
    assert.deepEqual(complaints(inputs), [name]);
  });
}

test("a rule has one source or destination", () => {
  assert.deepEqual(
    checkRule({ ...right, referencedSecurityGroupId: group }).map(({ property }) => property),
    ["referencedSecurityGroupId"],
  );
});

for (const [code, change] of [
  ["InvalidParameterValue", { fromPort: 81 }],
  ["InvalidParameterValue", { fromPort: -1 }],
  ["InvalidParameterValue", { toPort: undefined }],
  ["MissingParameter", { cidrIpv4: undefined }],
] as const) {
  test(`the API refuses ${inspect(change)} with ${code}`, () => {
    assert.throws(
      () => {
        validateRule({ ...right, ...change });
      },
      { code },
    );
  });
}

for (const change of [
  { ipProtocol: "-1", fromPort: undefined, toPort: undefined },
  { ipProtocol: "icmp", fromPort: 8, toPort: -1 },
  { ipProtocol: "50", fromPort: undefined, toPort: undefined },
  { fromPort: 0, toPort: 65_535 },
]) {
  test(`the API accepts ${inspect(change)}`, () => {
    assert.doesNotThrow(() => {
      validateRule({ ...right, ...change });
    });
  });
}
