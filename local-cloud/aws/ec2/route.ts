import { createHash } from "node:crypto";
import { z } from "zod";
import { parseCidr } from "../../engine/cidr.ts";
import { getRecord } from "../../engine/records.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { idInput, refused, regionInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { findRouteTable, recordsWith } from "./find.ts";
import { token } from "./tokens.ts";

const onlyGateways = "a route leads to an internet gateway: set gatewayId";
const onlyIpv4 = "a route's destination is an IPv4 range: set destinationCidrBlock";

const inputs = z.strictObject({
  routeTableId: idInput("rtb"),
  destinationCidrBlock: z
    .string()
    .refine((text) => parseCidr(text) !== undefined, { error: "must be an IPv4 CIDR block such as 0.0.0.0/0" }),
  gatewayId: idInput("igw"),
  carrierGatewayId: refused(onlyGateways),
  coreNetworkArn: refused(onlyGateways),
  egressOnlyGatewayId: refused(onlyGateways),
  localGatewayId: refused(onlyGateways),
  natGatewayId: refused(onlyGateways),
  networkInterfaceId: refused(onlyGateways),
  odbNetworkArn: refused(onlyGateways),
  transitGatewayId: refused(onlyGateways),
  vpcEndpointId: refused(onlyGateways),
  vpcPeeringConnectionId: refused(onlyGateways),
  destinationIpv6CidrBlock: refused(onlyIpv4),
  destinationPrefixListId: refused(onlyIpv4),
  region: regionInput,
});
type RouteInputs = z.infer<typeof inputs> & { tags?: undefined };

/**
 * A route to an internet gateway. Public addresses in the table's subnets can exchange packets with
 * the route's destination.
 */
export const route = recordResource<RouteInputs>({
  token: token.route,
  inputs,
  replaceOn: ["routeTableId", "destinationCidrBlock", "region"],
  newId: ({ routeTableId, destinationCidrBlock }) =>
    `r-${routeTableId}${BigInt(`0x${createHash("sha256").update(destinationCidrBlock).digest("hex").slice(0, 8)}`)}`,
  outputs: () => ({ origin: "CreateRoute", state: "active", instanceId: "", instanceOwnerId: "" }),
  validate: async ({ routeTableId, destinationCidrBlock, gatewayId }, id) => {
    await findRouteTable(routeTableId);
    if ((await getRecord(token.internetGateway, gatewayId)) === undefined) {
      throw new ApiError("InvalidInternetGatewayID.NotFound", `the gateway ID '${gatewayId}' does not exist`);
    }
    const others = await recordsWith(token.route, "routeTableId", routeTableId);
    if (others.some((other) => other.id !== id && other.properties["destinationCidrBlock"] === destinationCidrBlock)) {
      throw new ApiError(
        "RouteAlreadyExists",
        `the route identified by ${destinationCidrBlock} already exists in ${routeTableId}`,
      );
    }
  },
  apply: async () => {
    await reconcile();
  },
});
