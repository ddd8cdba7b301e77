import type { ContainerInfo } from "dockerode";
import type { Properties, Value } from "../provider/resource-type.ts";
import { token } from "../aws/ec2/tokens.ts";
import { label } from "../engine/account.ts";
import type { LocalRecord } from "../engine/records.ts";

/** A container in a VPC, with its security groups. */
export interface Member {
  containerId: string;
  /** The provider id of the resource whose body it is. */
  id: string;
  type: string;
  running: boolean;
  vpcId: string;
  privateAddress: string;
  /** Address in the internet network, if it has one. */
  publicAddress: string | undefined;
  mac: string;
  groups: string[];
  /**
   * Destinations of the routes to internet gateways in its subnets: its public address may talk to
   * these.
   */
  internetRoutes: string[];
  record: LocalRecord;
}

/** A rule of a security group; `peer` is a range, or the id of a group. */
export interface Rule {
  groupId: string;
  direction: "in" | "out";
  protocol: string;
  fromPort: number | undefined;
  toPort: number | undefined;
  peer: { range: string } | { groupId: string };
}

/**
 * All data that the control plane enforces and serves, computed from the account's records and
 * containers.
 */
export interface View {
  members: Member[];
  rules: Rule[];
  records: LocalRecord[];
}

/**
 * Builds the view from records and containers.
 *
 * @param internetNetwork The name of the internet network.
 * @param vpcOf Returns the VPC of a network by the network's name.
 */
export function viewOf(
  records: LocalRecord[],
  containers: ContainerInfo[],
  internetNetwork: string,
  vpcOf: (network: string) => string | undefined,
): View {
  const byIdentity = new Map(records.map((record) => [`${record.type}\n${record.id}`, record]));
  const members = containers.flatMap((container): Member[] => {
    const record = byIdentity.get(`${container.Labels[label.type] ?? ""}\n${container.Labels[label.id] ?? ""}`);
    if (record === undefined) return [];
    const endpoints = Object.entries(container.NetworkSettings.Networks);
    const inVpc = endpoints.find(([network]) => vpcOf(network) !== undefined);
    if (inVpc === undefined) return [];
    const [network, endpoint] = inVpc;
    return [
      {
        containerId: container.Id,
        id: record.id,
        type: record.type,
        running: container.State === "running",
        vpcId: vpcOf(network) ?? "",
        privateAddress: endpoint.IPAddress,
        publicAddress: endpoints.find(([name]) => name === internetNetwork)?.[1].IPAddress,
        mac: endpoint.MacAddress,
        groups: groupsOf(record.properties),
        internetRoutes: internetRoutesOf(record.properties, vpcOf(network) ?? "", records),
        record,
      },
    ];
  });
  return { members, rules: records.flatMap(ruleOf), records };
}

/**
 * Returns the security groups of a resource. Instances and databases name them in
 * vpcSecurityGroupIds, load balancers in securityGroups.
 */
function groupsOf(properties: Properties): string[] {
  const ids = texts(properties["vpcSecurityGroupIds"]);
  return ids.length > 0 ? ids : texts(properties["securityGroups"]);
}

/**
 * Returns the destinations that a resource's subnets route to an internet gateway. A subnet without
 * a route table of its own uses the VPC's main one.
 */
function internetRoutesOf(properties: Properties, vpcId: string, records: readonly LocalRecord[]): string[] {
  const subnets = [properties["subnetId"] ?? null, ...texts(properties["subnets"])];
  const tables = new Set(subnets.map((subnet) => routeTableOf(subnet, vpcId, records)));
  return records
    .filter(({ type, properties: route }) => type === token.route && tables.has(route["routeTableId"]))
    .map(({ properties: route }) => text(route["destinationCidrBlock"]))
    .sort();
}

function routeTableOf(subnet: Value, vpcId: string, records: readonly LocalRecord[]): Value | undefined {
  const association = records.find(
    ({ type, properties }) => type === token.routeTableAssociation && properties["subnetId"] === subnet,
  );
  if (association !== undefined) return association.properties["routeTableId"];
  return records.find(({ type, id }) => type === token.vpc && id === vpcId)?.properties["mainRouteTableId"];
}

function ruleOf({ type, properties }: LocalRecord): Rule[] {
  if (type === token.vpc) return defaultRules(text(properties["defaultSecurityGroupId"]));
  if (type !== token.ingressRule && type !== token.egressRule) return [];
  const range = text(properties["cidrIpv4"]);
  return [
    {
      groupId: text(properties["securityGroupId"]),
      direction: type === token.ingressRule ? "in" : "out",
      protocol: text(properties["ipProtocol"]),
      fromPort: number(properties["fromPort"]),
      toPort: number(properties["toPort"]),
      peer: range === "" ? { groupId: text(properties["referencedSecurityGroupId"]) } : { range },
    },
  ];
}

/**
 * Returns the rules of a VPC's default group: its members reach each other and everything outside.
 */
function defaultRules(groupId: string): Rule[] {
  const all = { groupId, protocol: "-1", fromPort: undefined, toPort: undefined };
  return [
    { ...all, direction: "in", peer: { groupId } },
    { ...all, direction: "out", peer: { range: "0.0.0.0/0" } },
  ];
}

export function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function number(value: Value | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
