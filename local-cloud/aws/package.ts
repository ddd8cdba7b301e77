import { z } from "zod";
import { accountId, region, setRegion } from "../engine/account.ts";
import { MachineFileError } from "../engine/public-names.ts";
import type { CloudPackage, Tell } from "../provider/resource-type.ts";
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
import { getAvailabilityZones } from "./get-availability-zones.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getRegion } from "./get-region.ts";
import { instanceProfile } from "./iam/instance-profile.ts";
import { policy } from "./iam/policy.ts";
import { role } from "./iam/role.ts";
import { rolePolicy } from "./iam/role-policy.ts";
import { rolePolicyAttachment } from "./iam/role-policy-attachment.ts";
import { refused, setDefaultTags, tagsInput } from "./inputs.ts";
import { listener } from "./lb/listener.ts";
import { loadBalancer } from "./lb/load-balancer.ts";
import { targetGroup } from "./lb/target-group.ts";
import { targetGroupAttachment } from "./lb/target-group-attachment.ts";
import { instance as databaseInstance } from "./rds/instance.ts";
import { restoreMachineFiles } from "./machine.ts";
import { parameterGroup } from "./rds/parameter-group.ts";
import { subnetGroup } from "./rds/subnet-group.ts";
import { parameter } from "./ssm/parameter.ts";

const noRealAws = "it never connects to AWS";

/**
 * Schema of the provider's configuration. Settings for credentials and connections to AWS are
 * accepted and have no effect.
 */
const configuration = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, { error: "must be the name of a region, such as ap-northeast-2" })
    .optional(),
  defaultTags: z.strictObject({ tags: tagsInput }).optional(),
  allowedAccountIds: z.array(z.string()).optional(),
  forbiddenAccountIds: z.array(z.string()).optional(),
  profile: z.string().optional(),
  accessKey: z.string().optional(),
  secretKey: z.string().optional(),
  token: z.string().optional(),
  sharedConfigFiles: z.array(z.string()).optional(),
  sharedCredentialsFiles: z.array(z.string()).optional(),
  maxRetries: z.number().optional(),
  retryMode: z.string().optional(),
  skipCredentialsValidation: z.boolean().optional(),
  skipMetadataApiCheck: z.boolean().optional(),
  skipRegionValidation: z.boolean().optional(),
  skipRequestingAccountId: z.boolean().optional(),
  assumeRoles: refused("whoever reaches the machine's Docker engine may do everything"),
  endpoints: refused(noRealAws),
  ignoreTags: refused("nothing else sets tags"),
});
type Configuration = z.infer<typeof configuration>;

/** The `aws` provider of this machine, with the types and functions that it serves. */
export const aws: CloudPackage = {
  name: "aws",
  version: "7.48.0",
  configuration,
  configure: (given) => {
    const { region: name, defaultTags, allowedAccountIds, forbiddenAccountIds } = given as Configuration;
    setRegion(name ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? region());
    setDefaultTags(defaultTags?.tags ?? {});
    requireAllowedAccount(allowedAccountIds, forbiddenAccountIds);
    return Promise.resolve();
  },
  begin: restoreFiles,
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
  ],
  functions: [getAvailabilityZones, getRegion, getCallerIdentity, getAuthorizationToken],
};

/**
 * Restores the machine's files. Warns where they can't be written: an update that doesn't need them
 * can go on.
 */
async function restoreFiles({ info, warning }: Tell): Promise<void> {
  try {
    for (const lost of await restoreMachineFiles()) info(`restored on this machine: ${lost}`);
  } catch (error) {
    if (!(error instanceof MachineFileError)) throw error;
    warning(`names or a certificate of the local cloud are missing on this machine: ${error.message}`);
  }
}

function requireAllowedAccount(allowed: readonly string[] | undefined, forbidden: readonly string[] | undefined): void {
  const account = accountId();
  if (allowed?.includes(account) === false || forbidden?.includes(account) === true) {
    throw new Error(
      `AWS account ${account} is not allowed by aws:allowedAccountIds or aws:forbiddenAccountIds ` +
        `(the local cloud derives its account from the checkout's path, unless LOCAL_CLOUD_ACCOUNT is set)`,
    );
  }
}
