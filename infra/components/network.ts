import { ec2 } from "@pulumi/aws";
import { all, ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { layOutSubnets, type SubnetPlan } from "../plans/subnets.ts";
import { tags } from "./tags.ts";

/** Arguments of the network. */
export interface NetworkArgs {
  /** Range of the VPC. */
  vpcCidr: string;
  /** Names of two availability zones. */
  zones: readonly string[];
}

/**
 * The VPC, its subnets in two zones, and the routes. Private subnets have no route to the internet.
 */
export class Network extends ComponentResource {
  readonly vpcId: Output<string>;
  /** Public subnets, by zone. */
  readonly publicSubnetIds: Output<string>[];
  /** Private subnets, by zone. */
  readonly privateSubnetIds: Output<string>[];

  constructor(name: string, { vpcCidr, zones }: NetworkArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Network", name, {}, options);
    const parent = { parent: this };
    const vpc = new ec2.Vpc(
      "vpc",
      { cidrBlock: vpcCidr, enableDnsSupport: true, enableDnsHostnames: true, tags: tags("vpc") },
      parent,
    );
    const gateway = new ec2.InternetGateway("internet", { vpcId: vpc.id, tags: tags("internet") }, parent);
    const tables = { public: table("public"), private: table("private") };
    const route = new ec2.Route(
      "public-internet",
      { routeTableId: tables.public.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
      parent,
    );
    const subnets = layOutSubnets(vpcCidr).map((plan) => ({ plan, id: subnet(plan) }));
    const ids = (kind: SubnetPlan["kind"]) => subnets.filter(({ plan }) => plan.kind === kind).map(({ id }) => id);

    this.vpcId = vpc.id;
    this.publicSubnetIds = ids("public");
    this.privateSubnetIds = ids("private");
    this.registerOutputs({ vpcId: vpc.id });

    function table(kind: SubnetPlan["kind"]) {
      return new ec2.RouteTable(kind, { vpcId: vpc.id, tags: tags(kind) }, parent);
    }

    // A subnet's id resolves after its route exists. A host that boots earlier would have no
    // internet.
    function subnet(plan: SubnetPlan): Output<string> {
      const made = new ec2.Subnet(
        plan.name,
        {
          vpcId: vpc.id,
          cidrBlock: plan.cidr,
          availabilityZone: zones[plan.zone] ?? "",
          // Not associatePublicIpAddress on the instance: EC2 reads that as false while an instance
          // is stopped, and the next refreshed up would replace it.
          mapPublicIpOnLaunch: plan.kind === "public",
          tags: tags(plan.name),
        },
        parent,
      );
      const association = new ec2.RouteTableAssociation(
        plan.name,
        { subnetId: made.id, routeTableId: tables[plan.kind].id },
        { parent: made, dependsOn: plan.kind === "public" ? [route] : [] },
      );
      return all([made.id, association.id]).apply(([id]) => id);
    }
  }
}
