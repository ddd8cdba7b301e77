/**
 * AWS managed policies that can be attached here, with the permissions that matter to the APIs of
 * the local cloud (ecr:GetAuthorizationToken, ssm:GetParameter). Source: the AWS managed policy
 * reference. Other managed policies are refused as missing.
 */
const permissions: Record<string, { actions: string[]; resource?: string }> = {
  AdministratorAccess: { actions: ["*"] },
  PowerUserAccess: { actions: ["ecr:*", "ssm:*"] },
  AmazonEC2ContainerRegistryFullAccess: { actions: ["ecr:*"] },
  AmazonEC2ContainerRegistryPowerUser: { actions: ["ecr:GetAuthorizationToken"] },
  AmazonEC2ContainerRegistryReadOnly: { actions: ["ecr:GetAuthorizationToken"] },
  AmazonEC2ContainerRegistryPullOnly: { actions: ["ecr:GetAuthorizationToken"] },
  AmazonSSMManagedInstanceCore: { actions: ["ssm:GetParameter", "ssm:GetParameters"] },
  AmazonSSMFullAccess: { actions: ["ssm:*"] },
  AmazonSSMReadOnlyAccess: { actions: ["ssm:Describe*", "ssm:Get*", "ssm:List*"] },
  AmazonSSMPatchAssociation: { actions: ["ssm:DescribeEffectivePatchesForPatchBaseline"] },
  CloudWatchAgentServerPolicy: {
    actions: ["ssm:GetParameter"],
    resource: "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*",
  },
  "service-role/AmazonRDSEnhancedMonitoringRole": { actions: ["logs:PutLogEvents"] },
};

const prefix = "arn:aws:iam::aws:policy/";

/** The ARNs of the AWS managed policies that local-cloud knows. */
export const managedPolicyArns: readonly string[] = Object.keys(permissions).map((name) => prefix + name);

/**
 * Returns the document of an AWS managed policy, or undefined when local-cloud does not know it.
 */
export function managedPolicy(arn: string): string | undefined {
  const policy = arn.startsWith(prefix) ? permissions[arn.slice(prefix.length)] : undefined;
  if (policy === undefined) return undefined;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: policy.actions, Resource: policy.resource ?? "*" }],
  });
}
