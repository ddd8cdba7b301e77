/** The type tokens of ECR's resources and functions. */
export const token = {
  repository: "aws:ecr/repository:Repository",
  lifecyclePolicy: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  getAuthorizationToken: "aws:ecr/getAuthorizationToken:getAuthorizationToken",
  /** Not a type of the provider: the account's registry itself, which lives as long as a repository does. */
  registry: "aws:ecr/registry:Registry",
} as const;
