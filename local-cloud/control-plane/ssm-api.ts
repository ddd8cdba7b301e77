import { z } from "zod";
import { parameterResource } from "../aws/ssm/parameter-name.ts";
import { decryptValue } from "../aws/ssm/encrypted-value.ts";
import { token } from "../aws/ssm/tokens.ts";
import type { Authority } from "../engine/ca.ts";
import type { ApiHandler } from "./api.ts";
import { jsonAnswer, jsonError, operationOf, refusal } from "./json-api.ts";

const inputShape = z.object({ Name: z.string().min(1), WithDecryption: z.boolean().default(false) });

/** Answers as the API of Systems Manager. Hosts need only GetParameter. */
export function ssmApi(authority: () => Promise<Pick<Authority, "secret">>): ApiHandler {
  return async (request, context) => {
    if (operationOf(request, "AmazonSSM") !== "GetParameter") {
      return jsonError("UnknownOperationException", "the local cloud's Systems Manager answers GetParameter only");
    }
    const input = inputShape.safeParse(jsonOf(request.body));
    if (!input.success)
      return jsonError("ValidationException", input.error.issues.map(({ message }) => message).join("; "));
    const { name, version } = splitName(input.data.Name);
    const arn = `arn:aws:ssm:${context.region}:${context.account}:${parameterResource(name)}`;
    const refused = await refusal(request, context, "ssm:GetParameter", arn);
    if (refused !== undefined) return refused;
    const record = (await context.records(token.parameter)).find(({ id }) => id === name);
    if (record === undefined) return jsonError("ParameterNotFound");
    const { type, dataType, lastModified, sealedValue, version: present } = record.properties;
    if (version !== undefined && version !== String(Number(present))) return jsonError("ParameterVersionNotFound");
    const sealed = typeof sealedValue === "string" ? sealedValue : "";
    const decrypt = type !== "SecureString" || input.data.WithDecryption;
    return jsonAnswer({
      Parameter: {
        ARN: arn,
        DataType: dataType,
        LastModifiedDate: lastModified,
        Name: name,
        Type: type,
        Value: decrypt ? decryptValue((await authority()).secret, name, sealed) : sealed,
        Version: present,
      },
    });
  };
}

/** Splits a parameter's name or ARN from the `:VERSION` that may follow it. */
function splitName(given: string): { name: string; version: string | undefined } {
  const resource = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter\/(.*)$/.exec(given)?.[1];
  const [name = "", version] = (resource ?? given).split(":");
  // An ARN has lost the leading slash of a hierarchy; a name without a hierarchy has none.
  return { name: resource !== undefined && name.includes("/") ? `/${name}` : name, version };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
