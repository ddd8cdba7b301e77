import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { refused, tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { recordsWith, refuseWhileUsed } from "./find.ts";
import {
  createDate,
  documentAsText,
  documentInput,
  requireFreeName,
  nameInput,
  pathInput,
  uniqueId,
} from "./inputs.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  assumeRolePolicy: documentInput("trust", "trust"),
  description: z.string().max(1_000).optional(),
  forceDetachPolicies: z.boolean().default(false),
  inlinePolicies: refused("declare each policy as an aws.iam.RolePolicy"),
  managedPolicyArns: refused("declare each attachment as an aws.iam.RolePolicyAttachment"),
  maxSessionDuration: z.number().int().min(3_600).max(43_200).default(3_600),
  name: nameInput(64).optional(),
  namePrefix: nameInput(38).optional(),
  path: pathInput,
  permissionsBoundary: refused("it evaluates the role's own policies only"),
  tags: tagsInput,
});

/** A role. The APIs of the local cloud enforce its policies. */
export const role = recordResource<z.infer<typeof inputs>>({
  token: token.role,
  inputs,
  defaults: (news, olds, context) => documentAsText("assumeRolePolicy", fillName("name", news, olds, context)),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  replaceOn: ["name", "namePrefix", "path"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ name }) => name ?? "",
  outputs: async (values, id) => ({
    arn: arn("iam", `role${values.path}${id}`, "global"),
    createDate: await createDate(token.role, id),
    inlinePolicies: [],
    managedPolicyArns: [],
    name: id,
    namePrefix: values.namePrefix ?? "",
    uniqueId: uniqueId("AROA", id),
  }),
  validate: ({ name }, id) => requireFreeName(token.role, "Role", name ?? "", id),
  validateDelete: async (id) => {
    refuseWhileUsed(`role ${id}`, [
      ...(await recordsWith(token.instanceProfile, "role", id)),
      ...(await recordsWith(token.rolePolicy, "role", id)),
      ...(await recordsWith(token.rolePolicyAttachment, "role", id)),
    ]);
  },
});
