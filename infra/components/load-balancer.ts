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
import type { JoinedHost } from "./join-nodes.ts";
import { tags } from "./tags.ts";

/** Health check of the targets: times in seconds, thresholds in consecutive checks. */
const HEALTH_CHECK = { interval: 5, timeout: 3, healthyThreshold: 2, unhealthyThreshold: 2 };

/**
 * Seconds until a new healthy task gets requests: the required checks and one more interval,
 * because a check may just have taken place.
 */
export const NEW_TARGET_SECONDS = HEALTH_CHECK.interval * (HEALTH_CHECK.healthyThreshold + 1);

/**
 * The load balancer in front of the API. Every worker is a target, and health checks find the
 * workers with a task. So a task can move to another host without a change here.
 *
 * A new host becomes a target before its previous node is retired. A target is removed after its
 * node has been retired.
 */
export class LoadBalancer extends ComponentResource {
  readonly url: Output<string>;
  readonly targets: Resource[];

  constructor(
    name: string,
    args: {
      vpcId: Input<string>;
      subnetIds: Input<string>[];
      securityGroupId: Input<string>;
      workers: JoinedHost[];
      /** Rules of the firewall, which health checks need. */
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
        // Seconds in which a removed target can finish its requests. A request takes far less.
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
    this.targets = args.workers.map(
      ({ host, ready }) =>
        new lb.TargetGroupAttachment(
          host.plan.name,
          { targetGroupArn: group.arn, targetId: host.instance.id, port: PORTS.api },
          { ...parent, dependsOn: ready },
        ),
    );
    this.url = balancer.dnsName.apply((dns) => `http://${dns}`);
    this.registerOutputs({ url: this.url });
  }
}
