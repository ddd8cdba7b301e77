import { IDLE_SECONDS, PATHS } from "@gifticon/contract/facts/http.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { lb } from "@pulumi/aws";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { SwarmNode } from "./swarm-node.ts";
import { tags } from "./tags.ts";

/** How the load balancer finds out where a copy of the API serves: in seconds, and numbers of checks in a row. */
const HEALTH_CHECK = { interval: 5, timeout: 3, healthyThreshold: 2, unhealthyThreshold: 2 };

/** Seconds until the load balancer counts on a new copy that is healthy: its checks, and one that has just gone by. */
export const COUNTED_ON_AFTER = HEALTH_CHECK.interval * (HEALTH_CHECK.healthyThreshold + 1);

/** A worker as the load balancer sees it. */
export interface Target {
  name: string;
  instanceId: Output<string>;
  node: SwarmNode;
}

/**
 * The load balancer in front of the API. Each worker is a target; which of them run a copy, its health checks find out. So a copy may move to another host without
 * anything being told.
 *
 * A target stands before the node that its host was before is retired, and is taken out after its own node is.
 */
export class Entrance extends ComponentResource {
  readonly url: Output<string>;
  readonly targets: Resource[];

  constructor(
    name: string,
    args: {
      vpcId: Input<string>;
      subnetIds: Input<string>[];
      securityGroupId: Input<string>;
      targets: Target[];
      /** The rules of the firewall: health checks begin with them. */
      after: Resource[];
    },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Entrance", name, {}, options);
    const parent = { parent: this };
    const balancer = new lb.LoadBalancer(
      name,
      {
        loadBalancerType: "application",
        subnets: args.subnetIds,
        securityGroups: [args.securityGroupId],
        dropInvalidHeaderFields: true,
        idleTimeout: IDLE_SECONDS,
        tags: tags(name),
      },
      { ...parent, dependsOn: args.after },
    );
    const group = new lb.TargetGroup(
      name,
      {
        port: PORTS.api,
        protocol: "HTTP",
        targetType: "instance",
        vpcId: args.vpcId,
        loadBalancingAlgorithmType: "least_outstanding_requests",
        // Seconds that a target taken out may finish its requests: far more than one takes.
        deregistrationDelay: 10,
        healthCheck: { path: PATHS.readiness, matcher: "200", ...HEALTH_CHECK },
        tags: tags(name),
      },
      parent,
    );
    new lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: PORTS.http,
        protocol: "HTTP",
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
        tags: tags(`${name}-http`),
      },
      parent,
    );
    this.targets = args.targets.map(
      ({ name: target, instanceId, node }) =>
        new lb.TargetGroupAttachment(
          target,
          { targetGroupArn: group.arn, targetId: instanceId, port: PORTS.api },
          { ...parent, dependsOn: node.ready },
        ),
    );
    this.url = balancer.dnsName.apply((dns) => `http://${dns}`);
    this.registerOutputs({ url: this.url });
  }
}
