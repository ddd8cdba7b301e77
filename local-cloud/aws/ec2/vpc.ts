import { z } from "zod";
import type { Properties, ResourceType } from "../../provider/resource-type.ts";
import { accountId, arn, stackOf } from "../../engine/account.ts";
import { collectGarbage, connectControlPlane, disconnectControlPlane, ensureBase } from "../../engine/base.ts";
import { parseCidr } from "../../engine/cidr.ts";
import { createVpcNetwork, inspectNetwork, removeNetwork, vpcNetworkName } from "../../engine/networks.ts";
import { createRecord, deleteRecord, getRecord, updateRecord } from "../../engine/records.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { commonOutputs, defined, onlyFalse, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId } from "../record-resource.ts";
import { recordsWith, refuseWhileUsed, textOf } from "./find.ts";
import { token } from "./tokens.ts";

const noIpv6 = "its networks are IPv4 only";
const noIpam = "it has no IP address manager; set cidrBlock";

const inputs = z.strictObject({
  cidrBlock: z
    .string()
    .refine(isVpcRange, { error: "must be an IPv4 CIDR block between /16 and /28, such as 10.0.0.0/16" }),
  enableDnsSupport: z
    .literal(true, { error: "can't be false in local-cloud: its DNS server always answers" })
    .default(true),
  enableDnsHostnames: z.boolean().default(false),
  enableNetworkAddressUsageMetrics: onlyFalse("it has no CloudWatch metrics"),
  instanceTenancy: z
    .literal("default", { error: "local-cloud has no dedicated hardware; allowed: default" })
    .default("default"),
  assignGeneratedIpv6CidrBlock: onlyFalse(noIpv6),
  ipv4IpamPoolId: refused(noIpam),
  ipv4NetmaskLength: refused(noIpam),
  ipv6CidrBlock: refused(noIpv6),
  ipv6CidrBlockNetworkBorderGroup: refused(noIpv6),
  ipv6IpamPoolId: refused(noIpv6),
  ipv6NetmaskLength: refused(noIpv6),
  region: regionInput,
  tags: tagsInput,
});
type VpcInputs = z.infer<typeof inputs>;

/**
 * A VPC: an internal Docker network. The control plane is in it as DNS server and metadata service.
 */
export const vpc: ResourceType<VpcInputs> = {
  token: token.vpc,
  inputs,
  replaceOn: ["cidrBlock", "region"],

  async create(values, context) {
    const id = newResourceId("vpc");
    const outputs = outputsOf(values, id, newResourceId("rtb"), newResourceId("sg"));
    const stack = stackOf(context.urn);
    await createRecord(token.vpc, id, outputs, stack);
    try {
      await ensureBase();
      await createVpcNetwork(token.vpc, id, values.cidrBlock, stack);
      await connectControlPlane(vpcNetworkName(id));
      await reconcile();
    } catch (error) {
      await removeVpc(id);
      throw error;
    }
    return { id, outputs };
  },

  async read(id) {
    const record = await getRecord(token.vpc, id);
    if (record === undefined) return undefined;
    if ((await inspectNetwork(vpcNetworkName(id))) === undefined) {
      await removeVpc(id);
      return undefined;
    }
    return { outputs: record.properties };
  },

  async update(id, olds, values) {
    const outputs = outputsOf(values, id, textOf(olds, "mainRouteTableId"), textOf(olds, "defaultSecurityGroupId"));
    await updateRecord(token.vpc, id, outputs);
    return outputs;
  },

  async delete(id) {
    for (const type of [token.subnet, token.internetGateway, token.securityGroup, token.routeTable]) {
      refuseWhileUsed(`vpc ${id}`, await recordsWith(type, "vpcId", id));
    }
    await removeVpc(id);
  },
};

function outputsOf(values: VpcInputs, id: string, routeTable: string, securityGroup: string): Properties {
  return {
    ...defined(values),
    ...commonOutputs(values),
    arn: arn("ec2", `vpc/${id}`),
    ownerId: accountId(),
    mainRouteTableId: routeTable,
    defaultRouteTableId: routeTable,
    defaultSecurityGroupId: securityGroup,
    defaultNetworkAclId: id.replace("vpc-", "acl-"),
    dhcpOptionsId: id.replace("vpc-", "dopt-"),
    enableNetworkAddressUsageMetrics: false,
    ipv6AssociationId: "",
    ipv6CidrBlock: "",
    ipv6CidrBlockNetworkBorderGroup: "",
  };
}

async function removeVpc(id: string): Promise<void> {
  const network = vpcNetworkName(id);
  await disconnectControlPlane(network);
  await removeNetwork(network);
  await deleteRecord(token.vpc, id);
  await collectGarbage();
}

function isVpcRange(text: string): boolean {
  const range = parseCidr(text);
  return range !== undefined && range.prefix >= 16 && range.prefix <= 28;
}
