import { createHash, randomBytes } from "node:crypto";
import { arn } from "../../engine/account.ts";

/** Returns 16 random hexadecimal digits: the part of an ARN that differs for each resource. */
function randomPart(): string {
  return randomBytes(8).toString("hex");
}

export function newBalancerArn(name: string): string {
  return arn("elasticloadbalancing", `loadbalancer/app/${name}/${randomPart()}`);
}

export function newGroupArn(name: string): string {
  return arn("elasticloadbalancing", `targetgroup/${name}/${randomPart()}`);
}

export function newListenerArn(balancerArn: string): string {
  return `${balancerArn.replace(":loadbalancer/", ":listener/")}/${randomPart()}`;
}

/**
 * Returns the name that CloudWatch uses: "app/NAME/PART" for a load balancer,
 * "targetgroup/NAME/PART" for a target group.
 */
export function arnSuffix(of: string): string {
  return of.replace(/^.*?:(?:loadbalancer\/)?((?:app|targetgroup)\/.*)$/, "$1");
}

/** Returns the ten digits in a load balancer's DNS name. */
export function dnsDigitsOf(balancerArn: string): string {
  const digest = createHash("sha256").update(balancerArn).digest();
  return String(1_000_000_000 + (digest.readUInt32BE(0) % 1_000_000_000));
}
