import { z } from "zod";
import type { BrokenRule } from "../../provider/resource-type.ts";
import { listRecords } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { findVpc, recordsWith, textOf } from "../ec2/find.ts";
import { defined, idInput, onlyFalse, refused, regionInput, tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { applyBalancers } from "./apply.ts";
import { arnSuffix, newGroupArn } from "./arns.ts";
import { groupArnOf } from "./listener-action.ts";
import { nameInput, namePrefixInput, portInput, secondsInput } from "./inputs.ts";
import { token } from "./tokens.ts";

const applicationOnly = "its load balancers are of the type application";
const matcher = z.string().regex(/^[2-4]\d\d(?:-[2-4]\d\d)?(?:,[2-4]\d\d(?:-[2-4]\d\d)?)*$/, {
  error: 'must be codes from 200 to 499, such as "200", "200,202" or "200-299"',
});

const healthCheck = z.strictObject({
  enabled: z.literal(true, { error: "can't be false for a target group of instances" }).default(true),
  healthyThreshold: z.number().int().min(2).max(10).default(3),
  interval: secondsInput(5, 300).default(30),
  matcher: matcher.default("200"),
  path: z
    .string()
    .max(1_024)
    .regex(/^\/[!-~]*$/, { error: 'must begin with "/"' })
    .default("/"),
  port: z
    .string()
    .regex(/^(?:traffic-port|[1-9]\d{0,4})$/, { error: 'must be "traffic-port" or a port' })
    .default("traffic-port"),
  protocol: z.literal("HTTP", { error: 'must be "HTTP": the local cloud has no other checks' }).default("HTTP"),
  timeout: secondsInput(2, 120).default(5),
  unhealthyThreshold: z.number().int().min(2).max(10).default(3),
});

const inputs = z.strictObject({
  connectionTermination: onlyFalse(applicationOnly),
  deregistrationDelay: secondsInput(0, 3_600).default(300),
  healthCheck: healthCheck.default(healthCheck.parse({})),
  ipAddressType: z.literal("ipv4", { error: 'must be "ipv4": the local cloud has no IPv6' }).optional(),
  lambdaMultiValueHeadersEnabled: onlyFalse("it has no Lambda"),
  loadBalancingAlgorithmType: z
    .enum(["round_robin", "least_outstanding_requests", "weighted_random"])
    .default("round_robin"),
  loadBalancingAnomalyMitigation: z.literal("off", { error: 'must be "off"' }).optional(),
  loadBalancingCrossZoneEnabled: z.enum(["true", "use_load_balancer_configuration"]).optional(),
  name: nameInput(32).optional(),
  namePrefix: namePrefixInput.optional(),
  port: portInput,
  preserveClientIp: refused(applicationOnly),
  protocol: z.literal("HTTP", { error: 'must be "HTTP": the local cloud has no other protocol for targets' }),
  protocolVersion: z.literal("HTTP1", { error: 'must be "HTTP1"' }).optional(),
  proxyProtocolV2: onlyFalse(applicationOnly),
  region: regionInput,
  slowStart: z.union([z.literal(0), secondsInput(30, 900)]).default(0),
  stickiness: z
    .strictObject({
      cookieDuration: secondsInput(1, 604_800).default(86_400),
      cookieName: refused("it supports only the cookie of the load balancer"),
      enabled: z.boolean().default(true),
      type: z.literal("lb_cookie", { error: 'must be "lb_cookie": the local cloud has no other stickiness' }),
    })
    .optional(),
  tags: tagsInput,
  targetControlPort: refused("it has no target optimizer"),
  targetFailovers: refused(applicationOnly),
  targetGroupHealth: refused("a target that is not healthy gets no requests"),
  targetHealthStates: refused(applicationOnly),
  targetType: z
    .literal("instance", { error: 'must be "instance": the local cloud has no other targets' })
    .default("instance"),
  vpcId: idInput("vpc"),
});
type TargetGroupInputs = z.infer<typeof inputs>;

/** A target group: instances that get requests while their health checks pass. */
export const targetGroup = recordResource<TargetGroupInputs>({
  token: token.targetGroup,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: checkTargetGroup,
  replaceOn: [
    "ipAddressType",
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "region",
    "targetType",
    "vpcId",
  ],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  unstableOutputs: ["loadBalancerArns"],
  newId: ({ name }) => newGroupArn(name ?? ""),
  outputs: async (values, id) => ({
    arn: id,
    arnSuffix: arnSuffix(id),
    ipAddressType: "ipv4",
    loadBalancerArns: await balancersOf(id),
    loadBalancingAnomalyMitigation: "off",
    loadBalancingCrossZoneEnabled: values.loadBalancingCrossZoneEnabled ?? "use_load_balancer_configuration",
    name: values.name ?? "",
    namePrefix: values.namePrefix ?? "",
    protocolVersion: "HTTP1",
    stickiness: defined(values.stickiness ?? { cookieDuration: 86_400, enabled: false, type: "lb_cookie" }),
  }),
  validate: async ({ name, vpcId }, id) => {
    await findVpc(vpcId);
    const duplicate = (await recordsWith(token.targetGroup, "name", name ?? "")).find((other) => other.id !== id);
    if (duplicate !== undefined) {
      throw new ApiError(
        "DuplicateTargetGroupName",
        `A target group with the same name '${name ?? ""}' exists: ${duplicate.id}`,
      );
    }
  },
  validateDelete: async (id) => {
    if ((await balancersOf(id)).length > 0) {
      throw new ApiError("ResourceInUse", `Target group '${id}' is currently in use by a listener or a rule`);
    }
  },
  apply: async (change) => {
    if (change === "update") await applyBalancers();
  },
});

function checkTargetGroup(given: Partial<TargetGroupInputs>): BrokenRule[] {
  const failures: BrokenRule[] = nameConflict("name", {
    name: given.name ?? null,
    namePrefix: given.namePrefix ?? null,
  });
  const { healthCheck: check } = given;
  if (check !== undefined && check.timeout >= check.interval) {
    failures.push({
      property: "healthCheck.timeout",
      reason: `must be smaller than the interval of ${check.interval} s (got ${check.timeout})`,
    });
  }
  if ((given.slowStart ?? 0) > 0 && given.loadBalancingAlgorithmType !== "round_robin") {
    failures.push({
      property: "slowStart",
      reason: "works with the algorithm round_robin only",
      alsoReads: ["loadBalancingAlgorithmType"],
    });
  }
  return failures;
}

async function balancersOf(groupArn: string): Promise<string[]> {
  const listeners = (await listRecords(token.listener)).filter(({ properties }) => groupArnOf(properties) === groupArn);
  return listeners.map(({ properties }) => textOf(properties, "loadBalancerArn"));
}
