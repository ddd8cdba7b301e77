import { member, type Rule } from "./plan.ts";

/** Required tags. They attribute costs and find what a destroy has left. */
const required = ["Project", "Stack", "Name"];

/** AWS resource types without tags. */
const untaggable = new Set([
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment",
]);

/** Requires the project's tags. */
export const tagged: Rule = {
  id: "tagged",
  severity: "mandatory",
  description: "Every taggable resource has the tags Project, Stack and Name.",
  reason: "They attribute costs, and find what a destroy has left.",
  source: "infra/components/tags.ts",
  check: ({ stack, resources }) =>
    resources
      .filter(({ type }) => type.startsWith("aws:") && !untaggable.has(type))
      .flatMap(({ name, inputs }) => {
        const tags = member(inputs, "tags");
        const missing = required.filter((key) => typeof tags[key] !== "string" || tags[key] === "");
        if (missing.length > 0) return [{ subject: name, message: `has no tag ${missing.join(", ")}` }];
        return tags["Stack"] === stack
          ? []
          : [{ subject: name, message: `has the tag Stack of ${String(tags["Stack"])}` }];
      }),
};
