import { z } from "zod";
import { accountId, arn } from "../../engine/account.ts";
import { cidr, containsRange, overlaps, parseCidr } from "../../engine/cidr.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { idInput, onlyFalse, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findVpc, recordsWith, refuseWhileUsed, textOf } from "./find.ts";
import { token } from "./tokens.ts";
import { availabilityZones } from "./zones.ts";

const noIpv6 = "its networks are IPv4 only";
const noOutposts = "it has no Outposts";
const noIpam = "it has no IP address manager; set cidrBlock";

const inputs = z.strictObject({
  vpcId: idInput("vpc"),
  cidrBlock: z
    .string()
    .refine(isSubnetRange, { error: "must be an IPv4 CIDR block between /16 and /28, such as 10.0.1.0/24" }),
  availabilityZone: z
    .string()
    .refine((name) => availabilityZones().some((zone) => zone.name === name), {
      error: () =>
        `is not a zone of the region; allowed: ${availabilityZones()
          .map((zone) => zone.name)
          .join(", ")}`,
    })
    .optional(),
  availabilityZoneId: z
    .string()
    .refine((id) => availabilityZones().some((zone) => zone.id === id), {
      error: () =>
        `is not a zone of the region; allowed: ${availabilityZones()
          .map((zone) => zone.id)
          .join(", ")}`,
    })
    .optional(),
  mapPublicIpOnLaunch: z.boolean().default(false),
  enableResourceNameDnsARecordOnLaunch: onlyFalse("it supports IP-based names only"),
  privateDnsHostnameTypeOnLaunch: z
    .literal("ip-name", { error: "local-cloud supports IP-based names only; allowed: ip-name" })
    .optional(),
  assignIpv6AddressOnCreation: onlyFalse(noIpv6),
  enableDns64: onlyFalse(noIpv6),
  enableResourceNameDnsAaaaRecordOnLaunch: onlyFalse(noIpv6),
  ipv6CidrBlock: refused(noIpv6),
  ipv6IpamPoolId: refused(noIpv6),
  ipv6Native: onlyFalse(noIpv6),
  ipv6NetmaskLength: refused(noIpv6),
  ipv4IpamPoolId: refused(noIpam),
  ipv4NetmaskLength: refused(noIpam),
  customerOwnedIpv4Pool: refused(noOutposts),
  enableLniAtDeviceIndex: refused(noOutposts),
  mapCustomerOwnedIpOnLaunch: onlyFalse(noOutposts),
  outpostArn: refused(noOutposts),
  region: regionInput,
  tags: tagsInput,
});

/** A subnet: the part of its VPC's range from which its instances get addresses. */
export const subnet = recordResource<z.infer<typeof inputs>>({
  token: token.subnet,
  inputs,
  replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "region"],
  newId: () => newResourceId("subnet"),
  check: (values) =>
    values.availabilityZone !== undefined && values.availabilityZoneId !== undefined
      ? [{ property: "availabilityZoneId", reason: "conflicts with availabilityZone: set only one of them" }]
      : [],
  outputs: (values, id) => {
    const zones = availabilityZones();
    const zone =
      zones.find(({ name, id: zoneId }) => name === values.availabilityZone || zoneId === values.availabilityZoneId) ??
      zones[0];
    return {
      arn: arn("ec2", `subnet/${id}`),
      ownerId: accountId(),
      availabilityZone: zone?.name ?? "",
      availabilityZoneId: zone?.id ?? "",
      privateDnsHostnameTypeOnLaunch: "ip-name",
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
    };
  },
  validate: async (values, id) => {
    const parent = await findVpc(values.vpcId);
    const range = cidr(values.cidrBlock);
    const parentRange = textOf(parent, "cidrBlock");
    if (!containsRange(cidr(parentRange), range)) {
      throw new ApiError(
        "InvalidSubnet.Range",
        `the CIDR '${values.cidrBlock}' is not within the VPC's range ${parentRange}`,
      );
    }
    const neighbours = await recordsWith(token.subnet, "vpcId", values.vpcId);
    const conflict = neighbours.find(
      (other) => other.id !== id && overlaps(cidr(textOf(other.properties, "cidrBlock")), range),
    );
    if (conflict !== undefined) {
      throw new ApiError(
        "InvalidSubnet.Conflict",
        `the CIDR '${values.cidrBlock}' conflicts with subnet ${conflict.id} (${textOf(conflict.properties, "cidrBlock")})`,
      );
    }
  },
  validateDelete: async (id) => {
    refuseWhileUsed(`subnet ${id}`, await recordsWith(token.instance, "subnetId", id));
  },
  apply: async (change) => {
    if (change === "update") await reconcile();
  },
});

function isSubnetRange(text: string): boolean {
  const range = parseCidr(text);
  return range !== undefined && range.prefix >= 16 && range.prefix <= 28;
}
