import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRule, judgeRule, securityGroupIngressRule } from "./security-group-rule.ts";

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
  test(`the API refuses ${JSON.stringify(change)} with ${code}`, () => {
    assert.throws(
      () => {
        judgeRule({ ...right, ...change });
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
  test(`the API takes ${JSON.stringify(change)}`, () => {
    assert.doesNotThrow(() => {
      judgeRule({ ...right, ...change });
    });
  });
}
