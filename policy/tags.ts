import { member, type Rule } from "./plan.ts";

/** Tags that everything bears, as costs are told apart by them, and what is left after a destroy is found. */
const required = ["Project", "Stack", "Name"];

/** Types of AWS that bear no tags. */
const bare = new Set([
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment",
]);

export const tagged: Rule = {
  id: "tagged",
  severity: "mandatory",
  description: "Everything that can bear tags says its project, stack and name.",
  reason: "Costs are told apart by them, and whatever a destroy leaves is found by them.",
  source: "infra/components/tags.ts",
  check: ({ stack, resources }) =>
    resources
      .filter(({ type }) => type.startsWith("aws:") && !bare.has(type))
      .flatMap(({ name, inputs }) => {
        const tags = member(inputs, "tags");
        const missing = required.filter((key) => typeof tags[key] !== "string" || tags[key] === "");
        if (missing.length > 0) return [{ subject: name, message: `has no tag ${missing.join(", ")}` }];
        return tags["Stack"] === stack
          ? []
          : [{ subject: name, message: `has the tag Stack of ${String(tags["Stack"])}` }];
      }),
};
