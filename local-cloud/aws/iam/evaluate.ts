import type { Statement } from "./policy-document.ts";

/** What a caller wants to do. `context` holds the condition keys that are known of the request. */
export interface AccessRequest {
  /** e.g. `ssm:GetParameter` */
  action: string;
  /** The ARN, or `*` for an action that takes no resource. */
  resource: string;
  context?: Record<string, string>;
}

/**
 * IAM's decision for one set of identity policies: an explicit Deny wins, then an Allow, else an implicit denial.
 * A condition whose operator is not evaluated here never allows and always denies.
 */
export function decide(
  statements: readonly Statement[],
  request: AccessRequest,
): "allowed" | "explicitDeny" | "implicitDeny" {
  const applying = statements.filter(
    (statement) => actionMatches(statement, request.action) && resourceMatches(statement, request.resource),
  );
  if (applying.some((s) => s.effect === "Deny" && conditionsHold(s, request.context ?? {}) !== false))
    return "explicitDeny";
  if (applying.some((s) => s.effect === "Allow" && conditionsHold(s, request.context ?? {}) === true)) return "allowed";
  return "implicitDeny";
}

/** True when `text` matches `pattern`, in which `*` stands for any characters and `?` for one. */
export function matchesWildcard(pattern: string, text: string, ignoreCase = false): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, ignoreCase ? "is" : "s").test(text);
}

function actionMatches(statement: Statement, action: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern, action, true);
  return statement.actions.length > 0 ? statement.actions.some(matches) : !statement.notActions.some(matches);
}

function resourceMatches(statement: Statement, resource: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern, resource);
  return statement.resources.length > 0 ? statement.resources.some(matches) : !statement.notResources.some(matches);
}

/** Undefined when it can't be told. A key that the request does not have fails a positive test, as on AWS. */
function conditionsHold(statement: Statement, context: Record<string, string>): boolean | undefined {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  let answer: boolean | undefined = true;
  for (const [operator, keys] of Object.entries(statement.conditions)) {
    const test = conditionTests[operator];
    for (const [key, allowed] of Object.entries(keys)) {
      if (test === undefined) {
        answer = answer === false ? false : undefined;
        continue;
      }
      const value = known.get(key.toLowerCase());
      if (value === undefined || !allowed.some((pattern) => test(pattern, value))) answer = false;
    }
  }
  return answer;
}

const conditionTests: Partial<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: (pattern, value) => matchesWildcard(pattern, value),
  ArnEquals: (pattern, value) => matchesWildcard(pattern, value),
  ArnLike: (pattern, value) => matchesWildcard(pattern, value),
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};
