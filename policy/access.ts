import type { PolicyResource, Rule } from "./plan.ts";

/**
 * Actions that IAM can't narrow down to a resource: "*" is the only one that they take (Service Authorization Reference, the tables of ECR, SSM and
 * Session Manager Message Gateway).
 */
const withoutResource = new Set([
  "ecr:GetAuthorizationToken",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
]);

/** Policies that Amazon keeps: made for every account, so what they allow is on every resource of it. */
const amazonsOwn = /^arn:aws[\w-]*:iam::aws:policy\//;

export const noWildcards: Rule = {
  id: "no-iam-wildcards",
  severity: "mandatory",
  description: "No policy allows an action, a resource or a principal by a wildcard.",
  reason: "A host that is taken over must not reach more than the host itself needs.",
  source: "AWS Foundational Security Best Practices IAM.1, IAM.21; IAM user guide, Apply least-privilege permissions",
  check: ({ resources }) =>
    resources
      .filter(({ type }) => type.startsWith("aws:"))
      .flatMap((resource) =>
        [...attachedTo(resource), ...documentsOf(resource).flatMap((document) => faultsOf(document, resource))].map(
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

/** What of Amazon's own policies a resource gets. */
function attachedTo({ inputs }: PolicyResource): string[] {
  return [inputs["policyArn"], inputs["managedPolicyArns"]]
    .flat()
    .filter((arn) => typeof arn === "string" && amazonsOwn.test(arn))
    .map((arn) => `has ${String(arn)}, a policy of Amazon's with wildcards`);
}

/** The policy documents of a resource; undefined stands for one that can't be read. */
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

function faultsOf(document: PolicyDocument | undefined, { type }: PolicyResource): string[] {
  if (document === undefined) return ["has a policy that is no JSON"];
  const ofIam = type.startsWith("aws:iam/");
  return [document.Statement ?? []]
    .flat()
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) => {
      const actions = [statement.Action ?? []].flat();
      const needed = actions.filter((action) => !withoutResource.has(action)).join(", ");
      // The policy of a resource is about that resource alone, and may say so by "*".
      const wide = ofIam ? [statement.Resource ?? []].flat().filter(isWild) : [];
      return [
        ...actions.filter(isWild).map((action) => `allows ${action}`),
        ...(statement.NotAction === undefined ? [] : ["allows all actions but some (NotAction)"]),
        ...(statement.NotResource === undefined ? [] : ["allows all resources but some (NotResource)"]),
        ...(needed === ""
          ? []
          : wide.map((resource) => `allows ${needed} on ${resource === "*" ? "every resource" : resource}`)),
        ...(anyone(statement.Principal) ? [`lets anyone ${ofIam ? "assume" : "use"} it`] : []),
        ...(statement.NotPrincipal === undefined
          ? []
          : [`lets anyone but some ${ofIam ? "assume" : "use"} it (NotPrincipal)`]),
      ];
    });
}

/** Both of IAM's wildcards, but for those in a variable, as in `${aws:username}` and `${*}`. */
function isWild(text: string): boolean {
  return /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, ""));
}

function anyone(principal: unknown): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return Object.values(principal).flat().includes("*");
}
