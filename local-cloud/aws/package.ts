import { controlPlaneRuns } from "../engine/base.ts";
import { MachineFileError } from "../engine/public-names.ts";
import { reconcile } from "../engine/reconcile.ts";
import type { CloudPackage, Properties, ResourceType, UserMessages } from "../provider/resource-type.ts";
import {
  configuration,
  configure,
  configureDryRun,
  dryRunConfiguration,
  settingsWithoutEffect,
} from "./configuration.ts";
import { instance } from "./ec2/instance.ts";
import { internetGateway } from "./ec2/internet-gateway.ts";
import { keyPair } from "./ec2/key-pair.ts";
import { route } from "./ec2/route.ts";
import { routeTable } from "./ec2/route-table.ts";
import { routeTableAssociation } from "./ec2/route-table-association.ts";
import { securityGroup } from "./ec2/security-group.ts";
import { securityGroupEgressRule, securityGroupIngressRule } from "./ec2/security-group-rule.ts";
import { subnet } from "./ec2/subnet.ts";
import { vpc } from "./ec2/vpc.ts";
import { getAuthorizationToken } from "./ecr/get-authorization-token.ts";
import { lifecyclePolicy } from "./ecr/lifecycle-policy.ts";
import { repository } from "./ecr/repository.ts";
import { elasticIp } from "./ec2/elastic-ip.ts";
import { getInstanceTypeOfferings } from "./ec2/get-instance-type-offerings.ts";
import { getAvailabilityZones } from "./get-availability-zones.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getRegion } from "./get-region.ts";
import { instanceProfile } from "./iam/instance-profile.ts";
import { policy } from "./iam/policy.ts";
import { role } from "./iam/role.ts";
import { rolePolicy } from "./iam/role-policy.ts";
import { rolePolicyAttachment } from "./iam/role-policy-attachment.ts";
import { listener } from "./lb/listener.ts";
import { loadBalancer } from "./lb/load-balancer.ts";
import { targetGroup } from "./lb/target-group.ts";
import { targetGroupAttachment } from "./lb/target-group-attachment.ts";
import { instance as databaseInstance } from "./rds/instance.ts";
import { restoreMachineFiles } from "./machine.ts";
import { withProviderTags } from "./provider-tags.ts";
import { parameterGroup } from "./rds/parameter-group.ts";
import { subnetGroup } from "./rds/subnet-group.ts";
import { parameter } from "./ssm/parameter.ts";

/** The `aws` provider of this machine, with the types and functions that it serves. */
export const aws: CloudPackage = {
  name: "aws",
  version: "7.48.0",
  configuration,
  configure,
  dryRun: { configuration: dryRunConfiguration, configure: configureDryRun },
  begin,
  resources: [
    vpc,
    subnet,
    internetGateway,
    routeTable,
    route,
    routeTableAssociation,
    securityGroup,
    securityGroupIngressRule,
    securityGroupEgressRule,
    keyPair,
    instance,
    elasticIp,
    role,
    policy,
    rolePolicy,
    rolePolicyAttachment,
    instanceProfile,
    parameter,
    repository,
    lifecyclePolicy,
    subnetGroup,
    parameterGroup,
    databaseInstance,
    loadBalancer,
    targetGroup,
    listener,
    targetGroupAttachment,
  ].map((type) => withProviderTags(type as ResourceType)),
  functions: [getAvailabilityZones, getInstanceTypeOfferings, getRegion, getCallerIdentity, getAuthorizationToken],
};

/**
 * Reports settings without effect, and restores the machine's files and the rules in the hosts. It
 * only warns when the files can't be written, because an update that doesn't need them can
 * continue.
 */
async function begin({ info, warning }: UserMessages, given: Properties): Promise<void> {
  settingsWithoutEffect(given).forEach(info);
  try {
    for (const lost of await restoreMachineFiles()) info(`restored on this machine: ${lost}`);
  } catch (error) {
    if (!(error instanceof MachineFileError)) throw error;
    warning(`names or a certificate of the local cloud are missing on this machine: ${error.message}`);
  }
  if (await controlPlaneRuns()) await reconcile();
}
