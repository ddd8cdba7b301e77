import { docker } from "./docker.ts";

/** Resource types of the AWS services that run in containers of their own. */
const RESOURCE_TYPES = {
  database: "aws:rds/instance:Instance",
  "load balancer": "aws:lb/loadBalancer:LoadBalancer",
  registry: "aws:ecr/registry:Registry",
} as const;

/** An AWS service that the local cloud runs in a container. */
export type AwsService = keyof typeof RESOURCE_TYPES;

/**
 * Finds the container of an AWS service in an account of the local cloud.
 *
 * @throws Error unless there is exactly one.
 */
export async function containerOf(account: string, service: AwsService): Promise<string> {
  const filters = [`label=local-cloud.account=${account}`, `label=local-cloud.type=${RESOURCE_TYPES[service]}`];
  const found = await docker(["ps", "-aq", "--no-trunc", ...filters.flatMap((filter) => ["--filter", filter])]);
  const [container, another] = found.split("\n");
  if (!container || another !== undefined) throw new Error(`not one ${service} in account ${account}: ${found}`);
  return container;
}
