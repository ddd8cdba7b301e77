import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { recordsWith, refuseWhileUsed } from "./find.ts";
import { documentAsText, documentInput, requireFreeName, nameInput, pathInput, uniqueId } from "./inputs.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  delayAfterPolicyCreationInMs: z.number().int().min(0).optional(),
  description: z.string().max(1_000).optional(),
  name: nameInput(128).optional(),
  namePrefix: nameInput(102).optional(),
  path: pathInput,
  policy: documentInput("identity", "managed"),
  tags: tagsInput,
});
type PolicyInputs = z.infer<typeof inputs>;

const arnOf = ({ path, name }: PolicyInputs) => arn("iam", `policy${path}${name ?? ""}`, "global");

/** A managed policy of the account, which can be attached to roles. */
export const policy = recordResource<PolicyInputs>({
  token: token.policy,
  inputs,
  defaults: (news, olds, context) => documentAsText("policy", fillName("name", news, olds, context)),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  replaceOn: ["description", "name", "namePrefix", "path"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: arnOf,
  outputs: async (values, id) => ({
    arn: id,
    attachmentCount: (await recordsWith(token.rolePolicyAttachment, "policyArn", id)).length,
    name: values.name ?? "",
    namePrefix: values.namePrefix ?? "",
    policyId: uniqueId("ANPA", id),
  }),
  validate: (values, id) => requireFreeName(token.policy, "A policy", arnOf(values), id),
  validateDelete: async (id) => {
    refuseWhileUsed(`policy ${id}`, await recordsWith(token.rolePolicyAttachment, "policyArn", id));
  },
});
