import { ec2, vpc } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { groupsOf, type Flow, type GroupName, type Peer } from "../plans/flows.ts";
import { tags } from "./tags.ts";

/** The security groups and their rules, each a flow of the plan. */
export class Firewall extends ComponentResource {
  /** Every rule. Resources that boot or answer depend on them. */
  readonly rules: (vpc.SecurityGroupIngressRule | vpc.SecurityGroupEgressRule)[];
  readonly #groups: Map<GroupName, ec2.SecurityGroup>;

  constructor(
    name: string,
    args: { vpcId: Input<string>; flows: readonly Flow[] },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Firewall", name, {}, options);
    this.#groups = new Map(
      groupsOf(args.flows).map((group) => [
        group,
        new ec2.SecurityGroup(
          group,
          { vpcId: args.vpcId, description: `gifticon event: ${group}`, tags: tags(group) },
          { parent: this },
        ),
      ]),
    );
    this.rules = args.flows.flatMap((flow) => [...this.#egress(flow), ...this.#ingress(flow)]);
    this.registerOutputs({});
  }

  /** @throws RangeError when no flow names the group. */
  groupId(name: GroupName): Output<string> {
    return this.#group(name).id;
  }

  #ingress(flow: Flow): vpc.SecurityGroupIngressRule[] {
    const { to, from } = flow;
    if (typeof to !== "string") return [];
    return this.#sources(from).map(
      ({ suffix, source }) =>
        new vpc.SecurityGroupIngressRule(
          `${flow.name}-in${suffix}`,
          { securityGroupId: this.groupId(to), ...source, ...traffic(flow), tags: tags(`${flow.name}-in${suffix}`) },
          { parent: this.#group(to) },
        ),
    );
  }

  #egress(flow: Flow): vpc.SecurityGroupEgressRule[] {
    const { to, from } = flow;
    if (typeof from !== "string") return [];
    return this.#sources(to).map(
      ({ suffix, source }) =>
        new vpc.SecurityGroupEgressRule(
          `${flow.name}-out${suffix}`,
          { securityGroupId: this.groupId(from), ...source, ...traffic(flow), tags: tags(`${flow.name}-out${suffix}`) },
          { parent: this.#group(from) },
        ),
    );
  }

  #sources(
    peer: Peer,
  ): { suffix: string; source: { referencedSecurityGroupId: Input<string> } | { cidrIpv4: string } }[] {
    if (typeof peer === "string") return [{ suffix: "", source: { referencedSecurityGroupId: this.groupId(peer) } }];
    return peer.cidrs.map((cidr, index) => ({
      suffix: index === 0 ? "" : `-${index + 1}`,
      source: { cidrIpv4: cidr },
    }));
  }

  #group(name: GroupName): ec2.SecurityGroup {
    const group = this.#groups.get(name);
    if (!group) throw new RangeError(`no flow names the group ${name}`);
    return group;
  }
}

function traffic({ protocol, port, why }: Flow) {
  return { ipProtocol: protocol, description: why, ...(port === undefined ? {} : { fromPort: port, toPort: port }) };
}
