import type { Statement } from "./policy-document.ts";

/** A caller's request for an action on a resource. */
export interface AccessRequest {
  /** The action, such as `ssm:GetParameter`. */
  action: string;
  /** The ARN, or `*` for an action without a resource. */
  resource: string;
  /** The condition keys that are known of the request. */
  context?: Record<string, string>;
}

/**
 * Returns IAM's decision for one set of identity policies. An explicit Deny overrides an Allow.
 * Without either, the request is denied. A condition with an operator that is not supported here
 * never allows and always denies.
 */
export function decide(
  statements: readonly Statement[],
  request: AccessRequest,
): "allowed" | "explicitDeny" | "implicitDeny" {
  const matching = statements.filter(
    (statement) => actionMatches(statement, request.action) && resourceMatches(statement, request.resource),
  );
  if (matching.some((s) => s.effect === "Deny" && conditionsHold(s, request.context ?? {}) !== false))
    return "explicitDeny";
  if (matching.some((s) => s.effect === "Allow" && conditionsHold(s, request.context ?? {}) === true)) return "allowed";
  return "implicitDeny";
}

/** Returns true when `text` matches `pattern`, in which `*` matches any characters and `?` one. */
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

/**
 * Returns true when all conditions of a statement hold, false when one does not, and undefined when
 * the rest depends on an operator that is not supported here. A key that the request does not have
 * fails a positive test, as on AWS.
 */
function conditionsHold(statement: Statement, context: Record<string, string>): boolean | undefined {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  let holds: boolean | undefined = true;
  for (const [operator, keys] of Object.entries(statement.conditions)) {
    const test = conditionTests[operator];
    for (const [key, allowed] of Object.entries(keys)) {
      if (test === undefined) {
        holds = holds === false ? false : undefined;
        continue;
      }
      const value = known.get(key.toLowerCase());
      if (value === undefined || !allowed.some((pattern) => test(pattern, value))) holds = false;
    }
  }
  return holds;
}

const conditionTests: Partial<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: (pattern, value) => pattern === value,
  StringEqualsIgnoreCase: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  StringLike: (pattern, value) => matchesWildcard(pattern, value),
  ArnEquals: (pattern, value) => matchesWildcard(pattern, value),
  ArnLike: (pattern, value) => matchesWildcard(pattern, value),
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
};
