import { decide } from "../aws/iam/evaluate.ts";
import { statementsOfRole } from "../aws/iam/find.ts";
import type { ApiContext, ApiRequest, ApiResponse } from "./api.ts";

/** Returns a successful answer in AWS's JSON 1.1 protocol. */
export function jsonAnswer(body: unknown): ApiResponse {
  return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(body) };
}

/** Returns an error in that protocol: the code of the exception, and its message. */
export function jsonError(code: string, message?: string): ApiResponse {
  return {
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code },
    body: JSON.stringify({ __type: code, ...(message === undefined ? {} : { message }) }),
  };
}

/** Returns the operation that a request names, or undefined for a request to another service. */
export function operationOf(request: ApiRequest, service: string): string | undefined {
  const [target, operation] = (request.headers["x-amz-target"] ?? "").split(".");
  return request.method === "POST" && target === service ? operation : undefined;
}

/**
 * Returns the error that AWS answers when the caller may not do this, and undefined when it may.
 * The machine itself may do everything. An instance must sign with its role's credentials, and the
 * role's policies must allow the action.
 */
export async function refusal(
  request: ApiRequest,
  { caller, signed, account, region, records }: ApiContext,
  action: string,
  resource: string,
): Promise<ApiResponse | undefined> {
  if (caller.machine) return undefined;
  if (request.headers["authorization"] === undefined) {
    return jsonError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  if (!signed || caller.roleName === undefined) {
    return jsonError(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided, or its credentials are not of this account or have expired.",
    );
  }
  const statements = await statementsOfRole(caller.roleName, records);
  const decision = decide(statements, {
    action,
    resource,
    context: { "aws:RequestedRegion": region, "aws:SecureTransport": "true" },
  });
  if (decision === "allowed") return undefined;
  const user = `arn:aws:sts::${account}:assumed-role/${caller.roleName}/${caller.instanceId ?? "session"}`;
  const because =
    decision === "explicitDeny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return jsonError(
    "AccessDeniedException",
    `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  );
}
