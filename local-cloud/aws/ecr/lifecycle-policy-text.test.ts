import assert from "node:assert/strict";
import { test } from "node:test";
import { lifecyclePolicyFault } from "./lifecycle-policy-text.ts";

const rule = (selection: object, rulePriority = 1) => ({ rulePriority, selection, action: { type: "expire" } });
const keepTen = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 };
const fault = (...rules: object[]) => lifecyclePolicyFault(JSON.stringify({ rules }));

test("valid rules are accepted", () => {
  assert.equal(fault(rule(keepTen)), undefined);
  const old = {
    tagStatus: "tagged",
    tagPrefixList: ["v"],
    countType: "sinceImagePushed",
    countUnit: "days",
    countNumber: 14,
  };
  assert.equal(fault(rule(old), rule(keepTen, 2)), undefined);
});

const wrong: [string, string | undefined][] = [
  ["text that is not JSON", lifecyclePolicyFault("{")],
  ["no rule", fault()],
  ["two rules of one priority", fault(rule(keepTen), rule(keepTen))],
  ["tagged without tags", fault(rule({ ...keepTen, tagStatus: "tagged" }))],
  ["any with tags", fault(rule({ ...keepTen, tagPrefixList: ["v"] }))],
  ["days without a unit", fault(rule({ ...keepTen, countType: "sinceImagePushed" }))],
  ["a count of 0", fault(rule({ ...keepTen, countNumber: 0 }))],
  ["an unknown field", fault(rule({ ...keepTen, count: 1 }))],
];

for (const [what, message] of wrong) {
  test(`${what} is refused`, () => {
    assert.match(message ?? "", /^InvalidParameterException: /);
  });
}
