import { z } from "zod";

/** A statement of a policy. Fields that take one value or many are lists. */
export interface Statement {
  effect: "Allow" | "Deny";
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  /**
   * Allowed values by operator and context key, such as
   * `{StringEquals: {"aws:RequestedRegion": ["ap-northeast-2"]}}`.
   */
  conditions: Record<string, Record<string, string[]>>;
}

/** A kind of policy: `identity` controls its holder's actions, `trust` who may assume a role. */
export type PolicyKind = "identity" | "trust";

/** IAM's error for a document that it does not accept. */
export class MalformedPolicyDocument extends Error {
  readonly code = "MalformedPolicyDocument";

  constructor(message: string) {
    super(`MalformedPolicyDocument: ${message}`);
    this.name = "MalformedPolicyDocument";
  }
}

/** IAM's limits for the size of a document, in characters without white space. */
export const policySizeLimits = { managed: 6_144, inline: 10_240, trust: 2_048 } as const;

const oneOrMany = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === "string" ? [value] : value));
const conditionValue = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const conditionValues = z.union([conditionValue.transform((value) => [value]), z.array(conditionValue)]);
const principal = z.union([
  z.literal("*"),
  z.strictObject({
    AWS: oneOrMany.optional(),
    Service: oneOrMany.optional(),
    Federated: oneOrMany.optional(),
    CanonicalUser: oneOrMany.optional(),
  }),
]);

const statementShape = z.strictObject({
  Sid: z
    .string()
    .regex(/^[A-Za-z0-9]*$/, "Statement IDs (SID) must be alpha-numeric.")
    .optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});

const documentShape = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Id: z.string().optional(),
  Statement: z.preprocess(
    (value): unknown => (Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(statementShape).min(1),
  ),
});

/**
 * Parses a policy document as IAM does.
 *
 * @throws MalformedPolicyDocument for a document that IAM refuses. The message names the statement.
 */
export function parsePolicy(text: string, kind: PolicyKind): Statement[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new MalformedPolicyDocument(`This policy contains invalid Json: ${(error as Error).message}`);
  }
  const parsed = documentShape.safeParse(json);
  if (!parsed.success) {
    const details = parsed.error.issues.map((issue) => `${issue.path.join(".") || "document"}: ${issue.message}`);
    throw new MalformedPolicyDocument(`Syntax errors in policy. ${details.join("; ")}`);
  }
  return parsed.data.Statement.map((statement, index) => {
    const fault = statementFault(statement, kind);
    if (fault !== undefined) throw new MalformedPolicyDocument(`${fault} (statement ${index})`);
    return {
      effect: statement.Effect,
      actions: statement.Action ?? [],
      notActions: statement.NotAction ?? [],
      resources: statement.Resource ?? [],
      notResources: statement.NotResource ?? [],
      conditions: statement.Condition ?? {},
    };
  });
}

/** Returns the size of a document as IAM counts it: in characters without white space. */
export function policySize(text: string): number {
  return text.replace(/\s/g, "").length;
}

/** Returns the reason why IAM refuses a statement, or undefined. */
function statementFault(statement: z.infer<typeof statementShape>, kind: PolicyKind): string | undefined {
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) {
    return "Policy statement must contain actions: either Action or NotAction.";
  }
  for (const action of [...(statement.Action ?? []), ...(statement.NotAction ?? [])]) {
    if (action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
      return `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: ${JSON.stringify(action)}`;
    }
  }
  const principals = statement.Principal ?? statement.NotPrincipal;
  if (kind === "trust") {
    if (principals === undefined) return "Missing required field Principal.";
    if (statement.Resource !== undefined || statement.NotResource !== undefined)
      return "Has prohibited field Resource.";
    const foreign = statement.Action?.find((action) => !/^sts:/i.test(action) && action !== "*");
    if (foreign !== undefined) {
      return `AssumeRole policy may only specify STS AssumeRole actions: ${JSON.stringify(foreign)}`;
    }
    return undefined;
  }
  if (principals !== undefined) return "Policy document should not specify a principal.";
  if ((statement.Resource === undefined) === (statement.NotResource === undefined)) {
    return "Policy statement must contain resources: either Resource or NotResource.";
  }
  for (const resource of [...(statement.Resource ?? []), ...(statement.NotResource ?? [])]) {
    if (resource !== "*" && !/^arn:[a-z*-]+:[^:]+:[^:]*:[^:]*:.+$/.test(resource)) {
      return `Resource ${resource} must be in ARN format or "*".`;
    }
  }
  return undefined;
}
