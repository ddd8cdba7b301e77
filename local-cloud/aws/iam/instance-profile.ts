import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { createDate, requireFreeName, requireRole, nameInput, pathInput, uniqueId } from "./inputs.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  name: nameInput(128).optional(),
  namePrefix: nameInput(102).optional(),
  path: pathInput,
  role: nameInput(64).optional(),
  tags: tagsInput,
});

/** An instance profile: names the role whose credentials an instance's metadata service returns. */
export const instanceProfile = recordResource<z.infer<typeof inputs>>({
  token: token.instanceProfile,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  replaceOn: ["name", "namePrefix", "path"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ name }) => name ?? "",
  outputs: async (values, id) => ({
    arn: arn("iam", `instance-profile${values.path}${id}`, "global"),
    createDate: await createDate(token.instanceProfile, id),
    name: id,
    namePrefix: values.namePrefix ?? "",
    uniqueId: uniqueId("AIPA", id),
  }),
  validate: async ({ name, role }, id) => {
    await requireFreeName(token.instanceProfile, "Instance Profile", name ?? "", id);
    if (role !== undefined) await requireRole(role);
  },
});
