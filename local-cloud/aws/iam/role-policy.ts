import { z } from "zod";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { recordResource } from "../record-resource.ts";
import { documentAsText, documentInput, requireRole, nameInput } from "./inputs.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  name: nameInput(128).optional(),
  namePrefix: nameInput(102).optional(),
  policy: documentInput("identity", "inline"),
  role: nameInput(64),
});
type RolePolicyInputs = z.infer<typeof inputs> & { tags?: undefined };

/** An inline policy of a role. */
export const rolePolicy = recordResource<RolePolicyInputs>({
  token: token.rolePolicy,
  inputs,
  defaults: (news, olds, context) => documentAsText("policy", fillName("name", news, olds, context)),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  replaceOn: ["name", "namePrefix", "role"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ role, name }) => `${role}:${name ?? ""}`,
  outputs: ({ name, namePrefix }) => ({ name: name ?? "", namePrefix: namePrefix ?? "" }),
  validate: ({ role }) => requireRole(role),
});
