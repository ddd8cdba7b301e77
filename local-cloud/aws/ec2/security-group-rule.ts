import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { parseCidr } from "../../engine/cidr.ts";
import { reconcile } from "../../engine/reconcile.ts";
import type { CheckFailure } from "../../provider/resource-type.ts";
import { ApiError } from "../api-error.ts";
import { idInput, refused, regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { findSecurityGroup, recordsWith } from "./find.ts";
import { protocolName, hasPorts } from "./protocols.ts";
import { token } from "./tokens.ts";

const port = z.int().min(-1).max(65535).optional();

const inputs = z.strictObject({
  securityGroupId: idInput("sg"),
  ipProtocol: z.string().refine((text) => protocolName(text) !== undefined, {
    error: "must be tcp, udp, icmp, icmpv6, -1 (all), or a protocol number between 0 and 255",
  }),
  fromPort: port,
  toPort: port,
  cidrIpv4: z
    .string()
    .refine((text) => parseCidr(text) !== undefined, {
      error: "must be an IPv4 CIDR block such as 10.0.0.0/16 (no bits after the prefix)",
    })
    .optional(),
  referencedSecurityGroupId: idInput("sg").optional(),
  cidrIpv6: refused("its networks are IPv4 only"),
  prefixListId: refused("it has no prefix lists"),
  description: z.string().max(255).optional(),
  region: regionInput,
  tags: tagsInput,
});
type RuleInputs = z.infer<typeof inputs>;

/**
 * Returns the conflicts between a rule's properties that the real provider reports before it calls
 * the API.
 */
export function checkRule(values: Partial<RuleInputs>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (values.cidrIpv4 !== undefined && values.referencedSecurityGroupId !== undefined) {
    failures.push({
      property: "referencedSecurityGroupId",
      reason: "conflicts with cidrIpv4: a rule has one source or destination",
    });
  }
  return failures;
}

/**
 * Checks a rule's ports and its source or destination as the API does.
 *
 * @throws ApiError InvalidParameterValue or MissingParameter.
 */
export function validateRule(values: RuleInputs): void {
  const { fromPort, toPort, ipProtocol } = values;
  if (values.cidrIpv4 === undefined && values.referencedSecurityGroupId === undefined) {
    throw new ApiError("MissingParameter", "a rule needs cidrIpv4 or referencedSecurityGroupId");
  }
  if (!hasPorts(ipProtocol)) return;
  if (fromPort === undefined || toPort === undefined) {
    throw new ApiError("InvalidParameterValue", `protocol ${ipProtocol} needs both fromPort and toPort`);
  }
  if (["icmp", "icmpv6"].includes(protocolName(ipProtocol) ?? "")) return;
  if (fromPort > toPort || fromPort < 0) {
    throw new ApiError("InvalidParameterValue", `invalid port range: fromPort ${fromPort}, toPort ${toPort}`);
  }
}

function ruleResource(type: string) {
  return recordResource<RuleInputs>({
    token: type,
    inputs,
    replaceOn: ["securityGroupId", "region"],
    check: checkRule,
    newId: () => newResourceId("sgr"),
    outputs: (_values, id) => ({ arn: arn("ec2", `security-group-rule/${id}`), securityGroupRuleId: id }),
    validate: async (values, id) => {
      validateRule(values);
      for (const group of [values.securityGroupId, values.referencedSecurityGroupId]) {
        if (group !== undefined) await findSecurityGroup(group);
      }
      const others = await recordsWith(type, "securityGroupId", values.securityGroupId);
      const same = others.find((other) => other.id !== id && comparable(other.properties) === comparable(values));
      if (same !== undefined) {
        throw new ApiError("InvalidPermission.Duplicate", `the specified rule already exists: ${same.id}`);
      }
    },
    apply: async () => {
      await reconcile();
    },
  });
}

/** Returns a text that is the same for rules which AWS takes for duplicates. */
function comparable(rule: Record<string, unknown>): string {
  const { ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId } = rule;
  return JSON.stringify([protocolName(String(ipProtocol)), fromPort, toPort, cidrIpv4, referencedSecurityGroupId]);
}

/** A rule that allows traffic to the members of a security group. */
export const securityGroupIngressRule = ruleResource(token.ingressRule);

/** A rule that allows traffic from the members of a security group. */
export const securityGroupEgressRule = ruleResource(token.egressRule);
