import { z } from "zod";
import type { CheckFailure, Properties, ResourceType } from "../../provider/resource-type.ts";
import { label, region, stackOf } from "../../engine/account.ts";
import { collectGarbage, ensureBase } from "../../engine/base.ts";
import { addressIn, listContainers } from "../../engine/containers.ts";
import { internetNetworkName } from "../../engine/networks.ts";
import { forgetPublicName, publishNames } from "../../engine/public-names.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { createRecord, deleteRecord, getRecord, updateRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { findSubnet, findVpc, requireGroupsInVpc, recordsWith, textOf, type FoundSubnet } from "../ec2/find.ts";
import { token as ec2 } from "../ec2/tokens.ts";
import { commonOutputs, defined, idInput, onlyFalse, refused, regionInput, tagsInput } from "../inputs.ts";
import { omit } from "../omit.ts";
import { applyBalancers, configOf } from "./apply.ts";
import { arnSuffix, dnsDigitsOf, newBalancerArn } from "./arns.ts";
import { recoverBalancer, removeBalancer, runBalancer } from "./balancer.ts";
import { nameInput, namePrefixInput, secondsInput } from "./inputs.ts";
import { token } from "./tokens.ts";

const applicationOnly = "its load balancers are of the type application";
const logs = z.strictObject({
  bucket: z.string(),
  enabled: onlyFalse("it has no S3"),
  prefix: z.string().optional(),
});

const inputs = z.strictObject({
  accessLogs: logs.optional(),
  clientKeepAlive: secondsInput(60, 604_800).default(3_600),
  connectionLogs: logs.optional(),
  customerOwnedIpv4Pool: refused("it has no Outposts"),
  desyncMitigationMode: z.enum(["monitor", "defensive", "strictest"]).default("defensive"),
  dnsRecordClientRoutingPolicy: refused(applicationOnly),
  dropInvalidHeaderFields: z.boolean().default(false),
  enableCrossZoneLoadBalancing: z
    .literal(true, { error: "can't be false for an application load balancer" })
    .optional(),
  enableDeletionProtection: z.boolean().default(false),
  enableHttp2: z.boolean().default(true),
  enablePrefixForIpv6SourceNat: refused("it has no IPv6"),
  enableTlsVersionAndCipherSuiteHeaders: onlyFalse("its listeners speak HTTP only"),
  enableWafFailOpen: z.boolean().default(false),
  enableXffClientPort: onlyFalse("X-Forwarded-For has addresses only"),
  enableZonalShift: z.boolean().optional(),
  enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: refused(applicationOnly),
  healthCheckLogs: logs.optional(),
  idleTimeout: secondsInput(1, 4_000).default(60),
  internal: z.boolean().optional(),
  ipAddressType: z.literal("ipv4", { error: 'must be "ipv4": the local cloud has no IPv6' }).optional(),
  ipamPools: refused("it has no IPAM"),
  loadBalancerType: z
    .literal("application", { error: 'must be "application": the local cloud has no other load balancers' })
    .default("application"),
  minimumLoadBalancerCapacity: refused("its capacity is the machine's"),
  name: nameInput(32)
    .refine((name) => !name.startsWith("internal-"), { error: 'must not begin with "internal-"' })
    .optional(),
  namePrefix: namePrefixInput.optional(),
  preserveHostHeader: z.boolean().default(false),
  region: regionInput,
  secondaryIpsAutoAssignedPerSubnet: refused(applicationOnly),
  securityGroups: z.array(idInput("sg")).optional(),
  subnetMappings: refused("set subnets"),
  subnets: z.array(idInput("subnet")).min(2, { error: "must be at least two, in different availability zones" }),
  tags: tagsInput,
  xffHeaderProcessingMode: z.enum(["append", "preserve", "remove"]).default("append"),
});
type LoadBalancerInputs = z.infer<typeof inputs>;

/**
 * An application load balancer: HAProxy in its own container, in the VPC and, unless internal, in
 * the internet network.
 */
export const loadBalancer: ResourceType<LoadBalancerInputs> = {
  token: token.loadBalancer,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: ({ name, namePrefix }): CheckFailure[] =>
    nameConflict("name", { name: name ?? null, namePrefix: namePrefix ?? null }),
  replaceOn: ["internal", "loadBalancerType", "name", "namePrefix", "region"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),

  async create(given, context) {
    const { subnets, groups } = await resolveNetwork(given, undefined);
    const id = newBalancerArn(given.name ?? "");
    const outputs = outputsOf(id, given, subnets, groups);
    await createRecord(token.loadBalancer, id, outputs, stackOf(context.urn));
    try {
      await ensureBase();
      await run(id, subnets, outputs, stackOf(context.urn));
      return { id, outputs };
    } catch (error) {
      await remove(id, outputs);
      throw error;
    }
  },

  async read(id) {
    const record = await getRecord(token.loadBalancer, id);
    if (record === undefined) return undefined;
    if (!(await recoverBalancer(id))) {
      const subnets = await Promise.all((record.properties["subnets"] as string[]).map(findSubnet));
      await run(id, subnets, record.properties, record.stack);
    }
    await publishBalancers();
    await reconcile();
    return { outputs: omit(record.properties, "subnetId") };
  },

  async update(id, _olds, given, context) {
    const { subnets, groups } = await resolveNetwork(given, id);
    const present = (await getRecord(token.loadBalancer, id))?.properties ?? {};
    const outputs = outputsOf(id, given, subnets, groups);
    await updateRecord(token.loadBalancer, id, outputs);
    if (!(present["subnets"] as string[] | undefined)?.every((subnet) => given.subnets.includes(subnet))) {
      // The container's address may be in a subnet that the load balancer no longer has.
      await removeBalancer(id);
      await run(id, subnets, outputs, stackOf(context.urn));
    }
    await reconcile();
    await applyBalancers();
    return outputs;
  },

  async delete(id) {
    const record = await getRecord(token.loadBalancer, id);
    if (record?.properties["enableDeletionProtection"] === true) {
      throw new ApiError(
        "OperationNotPermitted",
        `Load balancer '${id}' cannot be deleted because deletion protection is enabled`,
      );
    }
    await remove(id, record?.properties);
  },
};

/** Runs the container and publishes its DNS name on the machine. */
async function run(id: string, subnets: FoundSubnet[], outputs: Properties, stack: string | undefined): Promise<void> {
  const [subnet] = subnets;
  if (subnet === undefined) throw new Error(`the load balancer ${id} has no subnet`);
  const dnsName = textOf(outputs, "dnsName");
  const internetFacing = outputs["internal"] !== true;
  const address = await runBalancer({ id, stack, dnsName, subnet, internetFacing, config: await configOf(id) });
  if (internetFacing) await publishNames(new Map([[dnsName, address]]));
  await reconcile();
  // Loads the targets that were registered while it started.
  await applyBalancers();
}

/**
 * Writes the DNS names of the account's load balancers to the machine's hosts file, with the
 * addresses of their containers.
 *
 * @returns the names that were missing there, in words for a user.
 */
export async function publishBalancers(): Promise<string[]> {
  const containers = await listContainers(token.loadBalancer);
  const found = containers.map(async ({ Labels, NetworkSettings }) => {
    const address = addressIn(NetworkSettings.Networks, internetNetworkName());
    const record = await getRecord(token.loadBalancer, Labels[label.id] ?? "");
    return address === undefined || record === undefined
      ? []
      : [[textOf(record.properties, "dnsName"), address] as const];
  });
  const names = await publishNames(new Map((await Promise.all(found)).flat()));
  return names.map((name) => `the address of ${name}`);
}

async function remove(id: string, outputs: Properties | undefined): Promise<void> {
  // Removes the container before its name: publishBalancers publishes the name of each container
  // that exists, and may run at the same time.
  await removeBalancer(id);
  if (outputs !== undefined) await forgetPublicName(textOf(outputs, "dnsName"));
  await deleteRecord(token.loadBalancer, id);
  if (outputs !== undefined) await reconcile();
  await collectGarbage();
}

/**
 * Checks the inputs against other records, and finds the subnets and the security groups.
 *
 * @throws ApiError as ELB does, for a duplicate name, or subnets or groups that don't fit together.
 */
async function resolveNetwork(
  given: LoadBalancerInputs,
  id: string | undefined,
): Promise<{ subnets: FoundSubnet[]; groups: string[] }> {
  const name = given.name ?? "";
  const duplicate = (await recordsWith(token.loadBalancer, "name", name)).find((other) => other.id !== id);
  if (duplicate !== undefined) {
    throw new ApiError(
      "DuplicateLoadBalancerName",
      `A load balancer with the same name '${name}' exists: ${duplicate.id}`,
    );
  }
  const subnets = await Promise.all(given.subnets.map(findSubnet));
  const [first] = subnets;
  if (first === undefined || subnets.some(({ vpcId }) => vpcId !== first.vpcId)) {
    throw new ApiError("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  }
  if (new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size < subnets.length) {
    const zones = subnets.map((subnet) => `${subnet.id} in ${subnet.availabilityZone}`).join(", ");
    throw new ApiError(
      "InvalidConfigurationRequest",
      `A load balancer needs at least two subnets, each in another availability zone; these are ${zones}`,
    );
  }
  if (given.internal !== true && (await recordsWith(ec2.internetGateway, "vpcId", first.vpcId)).length === 0) {
    throw new ApiError("InvalidSubnet", `VPC ${first.vpcId} has no internet gateway`);
  }
  const groups = given.securityGroups ?? [textOf(await findVpc(first.vpcId), "defaultSecurityGroupId")];
  await requireGroupsInVpc(groups, first.vpcId);
  return { subnets, groups };
}

function outputsOf(id: string, given: LoadBalancerInputs, subnets: FoundSubnet[], groups: string[]): Properties {
  const name = given.name ?? "";
  const internal = given.internal ?? false;
  return {
    ...defined(given),
    ...commonOutputs(given),
    arn: id,
    arnSuffix: arnSuffix(id),
    dnsName: `${internal ? "internal-" : ""}${name}-${dnsDigitsOf(id)}.${region()}.elb.amazonaws.com`.toLowerCase(),
    enableCrossZoneLoadBalancing: true,
    internal,
    ipAddressType: "ipv4",
    name,
    namePrefix: given.namePrefix ?? "",
    securityGroups: groups,
    subnetMappings: subnets.map(({ id: subnetId }) => ({ subnetId })),
    vpcId: subnets[0]?.vpcId ?? "",
    zoneId: "ZWKZPGTI48KDX",
  };
}
