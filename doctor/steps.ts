import type { Declared } from "./declared.ts";

/** Commands that findings name as the next step. */
export interface Steps {
  /** Brings the environment in line with the program. */
  up: string;
  /** Returns the step for a host that answers nobody: it is off, or gone. */
  bringBack: (host: string) => string;
}

/**
 * Returns the commands for a stack. Those of stack local are for this machine, the others for AWS.
 */
export function stepsOf(stack: string, { instances, account, region }: Where): Steps {
  const up = stack === "local" ? "./run up" : `pulumi up -s ${stack}`;
  const start = (id: string) =>
    stack === "local"
      ? `docker start local-cloud-${account}-${id}`
      : `aws ec2 start-instances --region ${region} --instance-ids ${id}`;
  return {
    up,
    bringBack: (host) =>
      `${start(instances[host] ?? "")} if its instance is off; ${up} --refresh makes it again if it is gone`,
  };
}

type Where = Pick<Declared, "instances" | "account" | "region">;
