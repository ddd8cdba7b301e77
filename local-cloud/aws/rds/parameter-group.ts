import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { recordsWith } from "../ec2/find.ts";
import { regionInput, tagsInput, validatedBy } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { parameterGroupNameFault } from "./identifiers.ts";
import { parameterFault } from "./parameters.ts";
import { applyConfiguration } from "./server.ts";
import { token } from "./tokens.ts";

const parameter = z
  .strictObject({
    applyMethod: z.enum(["immediate", "pending-reboot"]).default("immediate"),
    name: z.string(),
    value: z.string(),
  })
  .superRefine((given, context) => {
    const fault = parameterFault(given);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault.reason, path: [fault.field] });
  });

const inputs = z.strictObject({
  description: z.string().min(1).max(255).default("Managed by Pulumi"),
  family: z.literal("postgres17", { error: "the local cloud has the family postgres17 only" }),
  name: z.string().superRefine(validatedBy(parameterGroupNameFault)).optional(),
  namePrefix: z
    .string()
    .superRefine(validatedBy((prefix) => parameterGroupNameFault(`${prefix}0`)))
    .optional(),
  parameters: z.array(parameter).optional(),
  region: regionInput,
  skipDestroy: z
    .literal(false, { error: "can't be true in local-cloud: a destroyed stack leaves nothing behind" })
    .optional(),
  tags: tagsInput,
});

/**
 * A group of server parameters. The servers of the group apply a changed dynamic parameter at once
 * and a static one at their next restart.
 */
export const parameterGroup = recordResource<z.infer<typeof inputs>>({
  token: token.parameterGroup,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: ({ name, namePrefix, parameters }) => [
    ...nameConflict("name", { name: name ?? null, namePrefix: namePrefix ?? null }),
    ...(parameters ?? []).flatMap((one, index) =>
      (parameters ?? []).findIndex((other) => other.name === one.name) < index
        ? [{ property: `parameters[${index}].name`, reason: `${one.name} is given twice` }]
        : [],
    ),
  ],
  replaceOn: ["description", "family", "name", "namePrefix", "region"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ name }) => name ?? "",
  outputs: ({ namePrefix }, id) => ({ arn: arn("rds", `pg:${id}`), name: id, namePrefix: namePrefix ?? "" }),
  validate: async ({ name }, id) => {
    if (id === undefined && (await getRecord(token.parameterGroup, name ?? "")) !== undefined) {
      throw new ApiError("DBParameterGroupAlreadyExists", `Parameter group ${name ?? ""} already exists`);
    }
  },
  validateDelete: async (id) => {
    const [user] = await recordsWith(token.instance, "parameterGroupName", id);
    if (user !== undefined) {
      throw new ApiError(
        "InvalidDBParameterGroupState",
        `the DB parameter group '${id}' is used by DB instance ${user.id}`,
      );
    }
  },
  apply: async (change, id) => {
    if (change !== "update") return;
    for (const user of await recordsWith(token.instance, "parameterGroupName", id)) await applyConfiguration(user.id);
  },
});
