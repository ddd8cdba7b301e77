import type { ContainerInfo } from "dockerode";
import type { Properties } from "../provider/resource-type.ts";
import { token } from "../aws/ec2/tokens.ts";
import type { LocalRecord } from "../engine/records.ts";
import { viewOf, type View } from "./view.ts";

/** Address range of the VPC that the control plane's tests use. */
export const vpcRange = "10.0.0.0/16";

/** Returns the records of the example. A test can change the first instance and add records. */
function exampleRecords(instanceProperties: Properties = {}, more: LocalRecord[] = []): LocalRecord[] {
  return [
    record(token.vpc, "vpc-1", {
      cidrBlock: vpcRange,
      mainRouteTableId: "rtb-main",
      defaultSecurityGroupId: "sg-default",
    }),
    record(token.subnet, "subnet-1", { vpcId: "vpc-1", cidrBlock: "10.0.1.0/24", availabilityZoneId: "apne2-az1" }),
    record(token.securityGroup, "sg-web", { vpcId: "vpc-1", name: "web" }),
    record(token.securityGroup, "sg-data", { vpcId: "vpc-1", name: "data" }),
    record(token.keyPair, "operator", { publicKey: "ssh-ed25519 AAAA operator" }),
    record("aws:iam/instanceProfile:InstanceProfile", "host", {
      role: "host-role",
      arn: "arn:aws:iam::123456789012:instance-profile/host",
      uniqueId: "AIPA1",
    }),
    record(token.instance, "i-1", {
      ...instanceOf("10.0.1.4", "sg-web"),
      publicDns: "ec2-198-18-0-10.ap-northeast-2.compute.amazonaws.com",
      keyName: "operator",
      iamInstanceProfile: "host",
      tagsAll: { Name: "first" },
      userData: "#!/bin/sh\necho hello\n",
      ...instanceProperties,
    }),
    record(token.instance, "i-2", instanceOf("10.0.1.5", "sg-data")),
    ...more,
  ];
}

/** Returns the view of a VPC with two instances, of which the first has a public address. */
export function exampleView(instanceProperties: Properties = {}, more: LocalRecord[] = []): View {
  const containers = [
    container("i-1", { "vpc-net": "10.0.1.4", internet: "198.18.0.10" }),
    container("i-2", { "vpc-net": "10.0.1.5" }),
  ];
  return viewOf(exampleRecords(instanceProperties, more), containers, "internet", (network) =>
    network === "vpc-net" ? "vpc-1" : undefined,
  );
}

export function record(type: string, id: string, properties: Properties): LocalRecord {
  return { type, id, properties };
}

export function rule(
  direction: "in" | "out",
  groupId: string,
  ipProtocol: string,
  ports: [number, number] | undefined,
  peer: Properties,
): LocalRecord {
  return record(direction === "in" ? token.ingressRule : token.egressRule, `sgr-${Math.random()}`, {
    securityGroupId: groupId,
    ipProtocol,
    ...(ports === undefined ? {} : { fromPort: ports[0], toPort: ports[1] }),
    ...peer,
  });
}

/** A route from the VPC's main table to an internet gateway. */
export function internetRoute(destinationCidrBlock: string): LocalRecord {
  return record(token.route, `r-${destinationCidrBlock}`, {
    routeTableId: "rtb-main",
    destinationCidrBlock,
    gatewayId: "igw-1",
  });
}

function instanceOf(privateIp: string, group: string): Properties {
  return {
    ami: "ami-1",
    instanceType: "t3.micro",
    subnetId: "subnet-1",
    availabilityZone: "ap-northeast-2a",
    privateIp,
    privateDns: `ip-${privateIp.replaceAll(".", "-")}.ap-northeast-2.compute.internal`,
    vpcSecurityGroupIds: [group],
    metadataOptions: { httpTokens: "required", httpEndpoint: "enabled", httpPutResponseHopLimit: 1 },
  };
}

function container(id: string, addresses: Record<string, string>): ContainerInfo {
  const networks = Object.entries(addresses).map(([name, IPAddress]) => [
    name,
    { IPAddress, MacAddress: "02:42:0a:00:01:04" },
  ]);
  return {
    Id: `container-${id}`,
    State: "running",
    Labels: { "local-cloud.type": token.instance, "local-cloud.id": id },
    NetworkSettings: { Networks: Object.fromEntries(networks) as ContainerInfo["NetworkSettings"]["Networks"] },
  } as unknown as ContainerInfo;
}
