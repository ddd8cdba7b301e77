import { z } from "zod";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { idInput, refused, regionInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findRouteTable, findSubnet, recordsWith } from "./find.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  routeTableId: idInput("rtb"),
  subnetId: idInput("subnet"),
  gatewayId: refused("it routes subnets, not gateways: set subnetId"),
  region: regionInput,
});
type AssociationInputs = z.infer<typeof inputs> & { tags?: undefined };

/**
 * The association of a subnet with a route table. A subnet without one uses the VPC's main table.
 */
export const routeTableAssociation = recordResource<AssociationInputs>({
  token: token.routeTableAssociation,
  inputs,
  replaceOn: ["subnetId", "region"],
  newId: () => newResourceId("rtbassoc"),
  outputs: () => ({}),
  validate: async ({ routeTableId, subnetId }, id) => {
    const { vpcId } = await findSubnet(subnetId);
    if ((await findRouteTable(routeTableId)).vpcId !== vpcId) {
      throw new ApiError(
        "InvalidParameterValue",
        `route table ${routeTableId} and subnet ${subnetId} belong to different networks`,
      );
    }
    const present = (await recordsWith(token.routeTableAssociation, "subnetId", subnetId)).find(
      (other) => other.id !== id,
    );
    if (present !== undefined) {
      throw new ApiError(
        "Resource.AlreadyAssociated",
        `the specified association for route table ${routeTableId} conflicts with an existing association: ${present.id}`,
      );
    }
  },
  apply: async () => {
    await reconcile();
  },
});
