import { ADVICE, type Advice } from "./advice.ts";
import type { Declared } from "./declared.ts";

/** Commands that findings name as the next step. */
export interface Steps {
  /** Updates the environment to the program's state. */
  up: string;
  /** Puts dead letters back on the topic. */
  replay: string;
  /** Returns the step for a host that doesn't answer: it is stopped or gone. */
  recover: (host: string) => Advice;
}

/**
 * Returns the commands for a stack: for stack local those of this machine, for others those of AWS.
 */
export function stepsOf(stack: string, { instances, account, region }: Where): Steps {
  const up = stack === "local" ? "./run up" : `pulumi up -s ${stack}`;
  const start = (id: string) =>
    stack === "local"
      ? `docker start local-cloud-${account}-${id}`
      : `aws ec2 start-instances --region ${region} --instance-ids ${id}`;
  return {
    up,
    replay: stack === "local" ? "./run replay" : 'the command of docs/operate.md, "Replay dead letters",',
    recover: (host) => ADVICE.recover(start(instances[host] ?? ""), up),
  };
}

type Where = Pick<Declared, "instances" | "account" | "region">;
