import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { findSubnet, recordsWith, type FoundSubnet } from "../ec2/find.ts";
import { idInput, regionInput, tagsInput, validatedBy } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { subnetGroupNameFault } from "./identifiers.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  description: z.string().min(1).max(255).default("Managed by Pulumi"),
  name: z.string().superRefine(validatedBy(subnetGroupNameFault)).optional(),
  namePrefix: z.string().superRefine(validatedBy(subnetGroupNameFault)).optional(),
  region: regionInput,
  subnetIds: z.array(idInput("subnet")).min(1),
  tags: tagsInput,
});

/** A group of subnets. A database gets its address in one of them. */
export const subnetGroup = recordResource<z.infer<typeof inputs>>({
  token: token.subnetGroup,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: (given) => nameConflict("name", { name: given.name ?? null, namePrefix: given.namePrefix ?? null }),
  replaceOn: ["name", "namePrefix", "region"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ name }) => name ?? "",
  outputs: async ({ namePrefix, subnetIds }, id) => ({
    arn: arn("rds", `subgrp:${id}`),
    name: id,
    namePrefix: namePrefix ?? "",
    supportedNetworkTypes: ["IPV4"],
    vpcId: (await subnetsOf(subnetIds))[0]?.vpcId ?? "",
  }),
  validate: async ({ name, subnetIds }, id) => {
    if (id === undefined && (await getRecord(token.subnetGroup, name ?? "")) !== undefined) {
      throw new ApiError("DBSubnetGroupAlreadyExists", `the DB subnet group '${name ?? ""}' already exists`);
    }
    const subnets = await subnetsOf(subnetIds);
    if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) {
      throw new ApiError("InvalidParameterValue", "the DB subnet group's subnets are not all in the same VPC");
    }
    const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
    if (zones.length < 2) {
      throw new ApiError(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        `the DB subnet group must cover at least 2 availability zones; its subnets are in ${zones.join(", ")}`,
      );
    }
  },
  validateDelete: async (id) => {
    const [user] = await recordsWith(token.instance, "dbSubnetGroupName", id);
    if (user !== undefined) {
      throw new ApiError(
        "InvalidDBSubnetGroupStateFault",
        `the DB subnet group '${id}' is used by DB instance ${user.id}`,
      );
    }
  },
});

async function subnetsOf(ids: readonly string[]): Promise<FoundSubnet[]> {
  return Promise.all(ids.map((id) => findSubnet(id)));
}
