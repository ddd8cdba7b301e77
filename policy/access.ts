import type { PolicyResource, Rule } from "./plan.ts";

/**
 * Actions for which IAM accepts no resource but "*". Source: Service Authorization Reference, the
 * tables of ECR, SSM and Session Manager Message Gateway.
 */
const actionsWithoutResource = new Set([
  "ecr:GetAuthorizationToken",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
]);

/** AWS managed policies. They serve every account, so they allow their actions on all resources. */
const awsManaged = /^arn:aws[\w-]*:iam::aws:policy\//;

/** Forbids wildcards in IAM policies. */
export const noWildcards: Rule = {
  id: "no-iam-wildcards",
  severity: "mandatory",
  description: "No policy allows an action, a resource or a principal by a wildcard.",
  reason: "An attacker on a host must not get more rights than the host needs.",
  source: "AWS Foundational Security Best Practices IAM.1, IAM.21; IAM user guide, Apply least-privilege permissions",
  check: ({ resources }) =>
    resources
      .filter(({ type }) => type.startsWith("aws:"))
      .flatMap((resource) =>
        [...attachedTo(resource), ...documentsOf(resource).flatMap((document) => wildcardsOf(document, resource))].map(
          (message) => ({ subject: resource.name, message }),
        ),
      ),
};

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  NotResource?: unknown;
  Principal?: unknown;
  NotPrincipal?: unknown;
}

interface PolicyDocument {
  Statement?: Statement | Statement[];
}

/** Returns a message for each AWS managed policy that is attached to a resource. */
function attachedTo({ inputs }: PolicyResource): string[] {
  return [inputs["policyArn"], inputs["managedPolicyArns"]]
    .flat()
    .filter((arn) => typeof arn === "string" && awsManaged.test(arn))
    .map((arn) => `has ${String(arn)}, a policy of Amazon's with wildcards`);
}

/** Returns the policy documents of a resource; undefined stands for an unreadable one. */
function documentsOf({ inputs }: PolicyResource): (PolicyDocument | undefined)[] {
  const inline = [inputs["inlinePolicies"] ?? []].flat().map((one) => (one as { policy?: unknown } | null)?.policy);
  return [inputs["policy"], inputs["assumeRolePolicy"], ...inline]
    .filter((policy) => policy !== undefined && policy !== null)
    .map((policy) => {
      if (typeof policy !== "string") return policy;
      try {
        return JSON.parse(policy) as PolicyDocument;
      } catch {
        return undefined;
      }
    });
}

/** Returns a message for each wildcard in a policy document. */
function wildcardsOf(document: PolicyDocument | undefined, { type }: PolicyResource): string[] {
  if (document === undefined) return ["has a policy that is no JSON"];
  const ofIam = type.startsWith("aws:iam/");
  return [document.Statement ?? []]
    .flat()
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) => {
      const actions = [statement.Action ?? []].flat();
      const needed = actions.filter((action) => !actionsWithoutResource.has(action)).join(", ");
      // A policy attached to a resource covers only that resource, so "*" is narrow there.
      const wide = ofIam ? [statement.Resource ?? []].flat().filter(isWild) : [];
      return [
        ...actions.filter(isWild).map((action) => `allows ${action}`),
        ...(statement.NotAction === undefined ? [] : ["allows all actions but some (NotAction)"]),
        ...(statement.NotResource === undefined ? [] : ["allows all resources but some (NotResource)"]),
        ...(needed === ""
          ? []
          : wide.map((resource) => `allows ${needed} on ${resource === "*" ? "every resource" : resource}`)),
        ...(matchesEveryone(statement.Principal) ? [`lets anyone ${ofIam ? "assume" : "use"} it`] : []),
        ...(statement.NotPrincipal === undefined
          ? []
          : [`lets anyone but some ${ofIam ? "assume" : "use"} it (NotPrincipal)`]),
      ];
    });
}

/** Reports an IAM wildcard (* or ?) outside of a policy variable such as `${aws:username}`. */
function isWild(text: string): boolean {
  return /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, ""));
}

/** Reports a principal that matches everyone. */
function matchesEveryone(principal: unknown): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return Object.values(principal).flat().includes("*");
}
