/** Pulumi's type tokens of IAM's resources. Their records are kept under the same tokens. */
export const token = {
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  rolePolicyAttachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  instanceProfile: "aws:iam/instanceProfile:InstanceProfile",
  policy: "aws:iam/policy:Policy",
} as const;
