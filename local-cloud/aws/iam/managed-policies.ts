/**
 * Policies of AWS's own that can be attached here, as far as they allow what the local cloud answers (ecr:GetAuthorizationToken,
 * ssm:GetParameter); see the AWS managed policy reference. Attaching another one fails, as one that does not exist does on AWS.
 */
const allowed: Record<string, { actions: string[]; resource?: string }> = {
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

/** The ARNs of these policies. */
export const managedPolicyArns: readonly string[] = Object.keys(allowed).map((name) => prefix + name);

/** The document of one of these policies, or undefined. */
export function managedPolicy(arn: string): string | undefined {
  const policy = arn.startsWith(prefix) ? allowed[arn.slice(prefix.length)] : undefined;
  if (policy === undefined) return undefined;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: policy.actions, Resource: policy.resource ?? "*" }],
  });
}
