/**
 * Pulumi's type tokens of ECR's resources and functions. Records are kept under the same tokens.
 */
export const token = {
  repository: "aws:ecr/repository:Repository",
  lifecyclePolicy: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  getAuthorizationToken: "aws:ecr/getAuthorizationToken:getAuthorizationToken",
  /**
   * Not a type of the provider, but the account's registry itself. It exists while a repository
   * does.
   */
  registry: "aws:ecr/registry:Registry",
} as const;
