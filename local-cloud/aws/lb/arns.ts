import { createHash, randomBytes } from "node:crypto";
import { arn } from "../../engine/account.ts";

/** 16 hexadecimal digits: the part of an ARN that is another for each resource. */
function newPart(): string {
  return randomBytes(8).toString("hex");
}

export function newBalancerArn(name: string): string {
  return arn("elasticloadbalancing", `loadbalancer/app/${name}/${newPart()}`);
}

export function newGroupArn(name: string): string {
  return arn("elasticloadbalancing", `targetgroup/${name}/${newPart()}`);
}

export function newListenerArn(balancerArn: string): string {
  return `${balancerArn.replace(":loadbalancer/", ":listener/")}/${newPart()}`;
}

/** What CloudWatch calls it: of a load balancer "app/NAME/PART", of a target group "targetgroup/NAME/PART". */
export function arnSuffix(of: string): string {
  return of.replace(/^.*?:(?:loadbalancer\/)?((?:app|targetgroup)\/.*)$/, "$1");
}

/** The ten digits of a load balancer's DNS name. */
export function digitsOf(balancerArn: string): string {
  const digest = createHash("sha256").update(balancerArn).digest();
  return String(1_000_000_000 + (digest.readUInt32BE(0) % 1_000_000_000));
}
