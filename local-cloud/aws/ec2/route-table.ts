import { z } from "zod";
import { accountId, arn } from "../../engine/account.ts";
import { idInput, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findVpc, recordsWith, refuseWhileUsed } from "./find.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  vpcId: idInput("vpc"),
  routes: refused("declare each route as an aws.ec2.Route"),
  propagatingVgws: refused("it has no virtual private gateways"),
  region: regionInput,
  tags: tagsInput,
});

/** A route table. Its routes and associations are separate resources. */
export const routeTable = recordResource<z.infer<typeof inputs>>({
  token: token.routeTable,
  inputs,
  replaceOn: ["vpcId", "region"],
  newId: () => newResourceId("rtb"),
  outputs: (_values, id) => ({
    arn: arn("ec2", `route-table/${id}`),
    ownerId: accountId(),
    routes: [],
    propagatingVgws: [],
  }),
  validate: async ({ vpcId }) => {
    await findVpc(vpcId);
  },
  validateDelete: async (id) => {
    refuseWhileUsed(`route table ${id}`, await recordsWith(token.routeTableAssociation, "routeTableId", id));
  },
});
