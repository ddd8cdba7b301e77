import { z } from "zod";
import type { BrokenRule, Properties, ResourceType } from "../../provider/resource-type.ts";
import { arn, stackOf } from "../../engine/account.ts";
import { collectGarbage, ensureBase } from "../../engine/base.ts";
import { authority } from "../../engine/ca.ts";
import { createRecord, deleteRecord, getRecord, updateRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName } from "../auto-name.ts";
import { commonOutputs, defined, regionInput, tagsInput, validatedBy } from "../inputs.ts";
import { omit } from "../omit.ts";
import { parameterNameFault, parameterResource } from "./parameter-name.ts";
import { decryptValue, encryptValue } from "./encrypted-value.ts";
import { token } from "./tokens.ts";

const defaultKey = "alias/aws/ssm";
const limits = { Standard: 4_096, Advanced: 8_192, "Intelligent-Tiering": 8_192 } as const;
/** The record holds the encrypted value under this name, and the plain value nowhere. */
const encryptedProperty = "sealedValue";

const inputs = z.strictObject({
  allowedPattern: z.string().max(1_024).optional(),
  arn: z.string().optional(),
  dataType: z.enum(["text", "aws:ec2:image", "aws:ssm:integration"]).optional(),
  description: z.string().max(1_024).optional(),
  insecureValue: z.string().min(1).optional(),
  keyId: z
    .literal(defaultKey, { error: `must be "${defaultKey}": the local cloud has no customer managed keys` })
    .optional(),
  name: z.string().superRefine(validatedBy(parameterNameFault)).optional(),
  overwrite: z.boolean().optional(),
  region: regionInput,
  tags: tagsInput,
  tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
  type: z.enum(["String", "StringList", "SecureString"]),
  value: z.string().min(1).optional(),
  valueWo: z.string().min(1).optional(),
  valueWoVersion: z.number().int().optional(),
});
type ParameterInputs = z.infer<typeof inputs>;

/**
 * A parameter. Its record holds the value encrypted, whatever its type. Hosts read it from the SSM
 * API of the control plane.
 */
export const parameter: ResourceType<ParameterInputs> = {
  token: token.parameter,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: checkParameter,
  replaceOn: replacementInputs,
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  secretOutputs: ["value", "valueWo"],
  unstableOutputs: ["version"],

  async create(given, context) {
    const id = given.name ?? "";
    const present = await getRecord(token.parameter, id);
    if (present !== undefined && given.overwrite !== true) {
      throw new ApiError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const outputs = outputsOf(given, present === undefined ? 1 : versionOf(present.properties) + 1);
    const record = await recordOf(given, outputs);
    if (present === undefined) await createRecord(token.parameter, id, record, stackOf(context.urn));
    else await updateRecord(token.parameter, id, record);
    try {
      await ensureBase();
    } catch (error) {
      await remove(id);
      throw error;
    }
    return { id, outputs };
  },

  async read(id, state) {
    const record = await getRecord(token.parameter, id);
    if (record === undefined) return undefined;
    const outputs = omit(record.properties, encryptedProperty, "lastModified");
    const value = record.properties[encryptedProperty];
    if (state["valueWoVersion"] !== undefined || typeof value !== "string") return { outputs };
    const decrypted = decryptValue((await authority()).secret, id, value);
    const insecureValue = outputs["type"] === "SecureString" ? "" : decrypted;
    return { outputs: { ...outputs, value: decrypted, insecureValue } };
  },

  async update(id, olds, news) {
    const present = await getRecord(token.parameter, id);
    const outputs = outputsOf(news, versionOf(present?.properties ?? olds) + 1);
    await updateRecord(token.parameter, id, await recordOf(news, outputs));
    return outputs;
  },

  delete: remove,
};

/** Returns the changed inputs that replace a parameter. SSM can't lower a parameter's tier. */
function replacementInputs(olds: Properties, news: Properties): string[] {
  const names = ["name", "region", ...(olds["tier"] === "Advanced" && news["tier"] === "Standard" ? ["tier"] : [])];
  // A program that drops the data type keeps the one that SSM has.
  if (news["dataType"] !== undefined) names.push("dataType");
  return names.filter((name) => olds[name] !== news[name]);
}

async function remove(id: string): Promise<void> {
  await deleteRecord(token.parameter, id);
  await collectGarbage();
}

function checkParameter(given: Partial<ParameterInputs>): BrokenRule[] {
  const failures: BrokenRule[] = [];
  const values = (["value", "insecureValue", "valueWo"] as const).filter((name) => given[name] !== undefined);
  if (values.length > 1) {
    failures.push({ property: values[1] ?? "", reason: `conflicts with ${values[0] ?? ""}: set only one of them` });
  }
  if (given.insecureValue !== undefined && given.type === "SecureString") {
    failures.push({ property: "insecureValue", reason: "is not allowed with type SecureString: set value" });
  }
  if ((given.valueWo === undefined) !== (given.valueWoVersion === undefined)) {
    failures.push({
      property: "valueWoVersion",
      reason: "valueWo and valueWoVersion are given together",
      alsoReads: ["valueWo"],
    });
  }
  if (given.keyId !== undefined && given.type !== undefined && given.type !== "SecureString") {
    failures.push({ property: "keyId", reason: "is allowed with type SecureString only" });
  }
  const [property] = values;
  const text = property === undefined ? undefined : given[property];
  if (property === undefined || text === undefined) return failures;
  const limit = limits[given.tier ?? "Standard"];
  const size = Buffer.byteLength(text);
  if (size > limit) {
    failures.push({ property, reason: `has ${size} bytes: tier ${given.tier ?? "Standard"} takes at most ${limit}` });
  }
  if (given.allowedPattern !== undefined && !new RegExp(given.allowedPattern).test(text)) {
    failures.push({ property, reason: "does not match allowedPattern" });
  }
  return failures;
}

function outputsOf(given: ParameterInputs, version: number): Properties {
  const secure = given.type === "SecureString";
  return {
    ...defined(given),
    ...commonOutputs(given),
    arn: arn("ssm", parameterResource(given.name ?? "")),
    dataType: given.dataType ?? "text",
    hasValueWo: given.valueWo !== undefined,
    insecureValue: secure ? "" : (given.insecureValue ?? given.value ?? ""),
    keyId: secure ? defaultKey : "",
    tier: given.tier ?? "Standard",
    value: given.value ?? given.insecureValue ?? "",
    version,
  };
}

/** Returns the record of a parameter: its outputs, with the value encrypted. */
async function recordOf(given: ParameterInputs, outputs: Properties): Promise<Properties> {
  const text = given.value ?? given.valueWo ?? given.insecureValue ?? "";
  const { secret } = await authority();
  return {
    ...omit(outputs, "value", "valueWo", "insecureValue"),
    [encryptedProperty]: encryptValue(secret, given.name ?? "", text),
    lastModified: Math.floor(Date.now() / 1_000),
  };
}

function versionOf(properties: Properties): number {
  return Number(properties["version"] ?? 0);
}
