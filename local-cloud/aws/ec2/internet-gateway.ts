import { z } from "zod";
import { accountId, arn } from "../../engine/account.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { idInput, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findVpc, recordsWith, refuseWhileUsed } from "./find.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({ vpcId: idInput("vpc").optional(), region: regionInput, tags: tagsInput });

/** An internet gateway. A public address works only in a subnet with a route to the gateway. */
export const internetGateway = recordResource<z.infer<typeof inputs>>({
  token: token.internetGateway,
  inputs,
  replaceOn: ["region"],
  newId: () => newResourceId("igw"),
  outputs: (values, id) => ({
    arn: arn("ec2", `internet-gateway/${id}`),
    ownerId: accountId(),
    vpcId: values.vpcId ?? "",
  }),
  validate: async ({ vpcId }, id) => {
    if (vpcId === undefined) return;
    await findVpc(vpcId);
    const other = (await recordsWith(token.internetGateway, "vpcId", vpcId)).find((gateway) => gateway.id !== id);
    if (other !== undefined) {
      throw new ApiError(
        "InvalidParameterValue",
        `network ${vpcId} already has an internet gateway attached: ${other.id}`,
      );
    }
  },
  validateDelete: async (id) => {
    refuseWhileUsed(`internet gateway ${id}`, await recordsWith(token.route, "gatewayId", id));
  },
  apply: async (change) => {
    if (change === "update") await reconcile();
  },
});
