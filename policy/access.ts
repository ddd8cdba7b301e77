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

export const noWildcards: Rule = {
  id: "no-iam-wildcards",
  severity: "mandatory",
  description: "No IAM policy allows an action, a resource or a principal by a wildcard.",
  reason: "A host that is taken over must not reach more than the host itself needs.",
  source: "AWS Foundational Security Best Practices IAM.1, IAM.21; IAM user guide, Apply least-privilege permissions",
  check: ({ resources }) =>
    resources.flatMap((resource) =>
      documentsOf(resource).flatMap((document) =>
        faultsOf(document).map((message) => ({ subject: resource.name, message })),
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
}

/** The policy documents of a resource. */
function documentsOf({ type, inputs }: PolicyResource): { Statement?: Statement | Statement[] }[] {
  if (!type.startsWith("aws:iam/")) return [];
  return [inputs["policy"], inputs["assumeRolePolicy"]].flatMap((text) =>
    typeof text === "string" && text.startsWith("{") ? [JSON.parse(text) as { Statement?: Statement[] }] : [],
  );
}

function faultsOf({ Statement: statements = [] }: { Statement?: Statement | Statement[] }): string[] {
  return [statements]
    .flat()
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) => {
      const actions = [statement.Action ?? []].flat();
      const wild = actions.filter((action) => action.includes("*"));
      const needed = actions.filter((action) => !withoutResource.has(action));
      return [
        ...wild.map((action) => `allows ${action}`),
        ...(statement.NotAction === undefined ? [] : ["allows all actions but some (NotAction)"]),
        ...(statement.NotResource === undefined ? [] : ["allows all resources but some (NotResource)"]),
        ...([statement.Resource ?? []].flat().includes("*") && needed.length > 0
          ? [`allows ${needed.join(", ")} on every resource`]
          : []),
        ...(anyone(statement.Principal) ? ["lets anyone assume it"] : []),
      ];
    });
}

function anyone(principal: unknown): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return Object.values(principal).flat().includes("*");
}
