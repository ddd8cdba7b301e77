import { loginKey, loginLifetime, newPassword } from "../aws/ecr/gateway/login.ts";
import type { Authority } from "../engine/ca.ts";
import type { ApiHandler } from "./api.ts";
import { jsonAnswer, jsonError, operationOf, refusal } from "./json-api.ts";

const service = "AmazonEC2ContainerRegistry_V20150921";

/** Answers as the API of ECR. The ECR credential helper needs only GetAuthorizationToken. */
export function ecrApi(authority: () => Promise<Pick<Authority, "secret">>, now: () => number = Date.now): ApiHandler {
  return async (request, context) => {
    const operation = operationOf(request, service);
    if (operation !== "GetAuthorizationToken") {
      return jsonError("UnknownOperationException", `the local cloud's ECR answers GetAuthorizationToken only`);
    }
    const refused = await refusal(request, context, "ecr:GetAuthorizationToken", "*");
    if (refused !== undefined) return refused;
    const expires = now() + loginLifetime;
    const password = newPassword(loginKey((await authority()).secret), expires);
    return jsonAnswer({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
          expiresAt: expires / 1_000,
          proxyEndpoint: `https://${context.account}.dkr.ecr.${context.region}.amazonaws.com`,
        },
      ],
    });
  };
}
