import { z } from "zod";
import { accountId, arn } from "../../engine/account.ts";
import { deleteRecord } from "../../engine/records.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { idInput, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findVpc, recordsWith, refuseWhileUsed } from "./find.ts";
import { token } from "./tokens.ts";

const separateRules =
  "declare each rule as an aws.vpc.SecurityGroupIngressRule or aws.vpc.SecurityGroupEgressRule (AWS advises the same)";
const allowedCharacters = /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

const name = z
  .string()
  .min(1)
  .max(255)
  .regex(allowedCharacters, { error: "allowed characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*" })
  .refine((text) => !text.startsWith("sg-"), { error: "must not begin with sg-" });

const inputs = z.strictObject({
  name: name.optional(),
  namePrefix: name.max(229).optional(),
  description: z
    .string()
    .min(1)
    .max(255)
    .regex(allowedCharacters, { error: "allowed characters: a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*" })
    .default("Managed by Pulumi"),
  vpcId: idInput("vpc"),
  ingress: refused(separateRules),
  egress: refused(separateRules),
  revokeRulesOnDelete: z.boolean().default(false),
  region: regionInput,
  tags: tagsInput,
});

/** A security group. Its members send and receive only what its rules allow. */
export const securityGroup = recordResource<z.infer<typeof inputs>>({
  token: token.securityGroup,
  inputs,
  replaceOn: ["name", "namePrefix", "description", "vpcId", "region"],
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: () => newResourceId("sg"),
  outputs: (values, id) => ({
    arn: arn("ec2", `security-group/${id}`),
    ownerId: accountId(),
    name: values.name ?? "",
    namePrefix: values.namePrefix ?? "",
    ingress: [],
    egress: [],
  }),
  validate: async (values, id) => {
    await findVpc(values.vpcId);
    const same = (await recordsWith(token.securityGroup, "vpcId", values.vpcId)).find(
      (other) => other.id !== id && other.properties["name"] === values.name,
    );
    if (same !== undefined) {
      throw new ApiError(
        "InvalidGroup.Duplicate",
        `the security group '${values.name ?? ""}' already exists for VPC '${values.vpcId}'`,
      );
    }
  },
  validateDelete: async (id) => {
    const what = `security group ${id}`;
    for (const [type, property] of groupUsers) refuseWhileUsed(what, await recordsWith(type, property, id));
  },
  apply: async (change, id) => {
    if (change !== "delete") return;
    // AWS deletes a group's rules with the group.
    for (const type of [token.ingressRule, token.egressRule]) {
      for (const rule of await recordsWith(type, "securityGroupId", id)) await deleteRecord(type, rule.id);
    }
    await reconcile();
  },
});

/**
 * The types and properties that name security groups. A group that a record names can't be deleted.
 */
const groupUsers: readonly [type: string, property: string][] = [
  [token.instance, "vpcSecurityGroupIds"],
  ["aws:rds/instance:Instance", "vpcSecurityGroupIds"],
  ["aws:lb/loadBalancer:LoadBalancer", "securityGroups"],
];
