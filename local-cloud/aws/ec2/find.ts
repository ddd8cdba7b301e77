import type { Properties, Value } from "../../provider/resource-type.ts";
import { getRecord, listRecords, type LocalRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { token } from "./tokens.ts";

/** A subnet as its neighbours need it. */
export interface FoundSubnet {
  id: string;
  vpcId: string;
  cidrBlock: string;
  availabilityZone: string;
  mapPublicIpOnLaunch: boolean;
}

/** The subnet with that id; throws InvalidSubnetID.NotFound. */
export async function findSubnet(id: string): Promise<FoundSubnet> {
  const record = await getRecord(token.subnet, id);
  if (record === undefined) throw new ApiError("InvalidSubnetID.NotFound", `the subnet ID '${id}' does not exist`);
  const { properties } = record;
  return {
    id,
    vpcId: textOf(properties, "vpcId"),
    cidrBlock: textOf(properties, "cidrBlock"),
    availabilityZone: textOf(properties, "availabilityZone"),
    mapPublicIpOnLaunch: properties["mapPublicIpOnLaunch"] === true,
  };
}

/** The properties of the VPC with that id; throws InvalidVpcID.NotFound. */
export async function findVpc(id: string): Promise<Properties> {
  const record = await getRecord(token.vpc, id);
  if (record === undefined) throw new ApiError("InvalidVpcID.NotFound", `the vpc ID '${id}' does not exist`);
  return record.properties;
}

/** A security group's VPC; each VPC has a default group, without a record of its own. Throws InvalidGroup.NotFound. */
export async function findSecurityGroup(id: string): Promise<{ vpcId: string }> {
  return findInVpc(token.securityGroup, "defaultSecurityGroupId", id, "InvalidGroup.NotFound", "security group");
}

/** A route table's VPC; each VPC has a main table, without a record of its own. Throws InvalidRouteTableID.NotFound. */
export async function findRouteTable(id: string): Promise<{ vpcId: string }> {
  return findInVpc(token.routeTable, "mainRouteTableId", id, "InvalidRouteTableID.NotFound", "routeTable ID");
}

async function findInVpc(
  type: string,
  defaultOf: string,
  id: string,
  code: string,
  what: string,
): Promise<{ vpcId: string }> {
  const record = await getRecord(type, id);
  if (record !== undefined) return { vpcId: textOf(record.properties, "vpcId") };
  const [vpc] = await recordsWith(token.vpc, defaultOf, id);
  if (vpc === undefined) throw new ApiError(code, `the ${what} '${id}' does not exist`);
  return { vpcId: vpc.id };
}

/** Checks that the security groups exist and are of that VPC; throws InvalidGroup.NotFound or InvalidParameter. */
export async function judgeSecurityGroups(ids: readonly string[], vpcId: string): Promise<void> {
  for (const id of ids) {
    if ((await findSecurityGroup(id)).vpcId !== vpcId) {
      throw new ApiError(
        "InvalidParameter",
        `security group ${id} and subnet belong to different networks (VPC ${vpcId})`,
      );
    }
  }
}

/** Throws DependencyViolation when one of the records has that property value. */
export function refuseWhileUsed(what: string, users: readonly LocalRecord[]): void {
  const user = users[0];
  if (user !== undefined) {
    throw new ApiError(
      "DependencyViolation",
      `${what} has dependencies and cannot be deleted: ${user.type} ${user.id} uses it`,
    );
  }
}

/** The records of a type that have that value at that property (a list property: that contain it). */
export async function recordsWith(type: string, property: string, value: string): Promise<LocalRecord[]> {
  return (await listRecords(type)).filter(({ properties }) => {
    const held: Value | undefined = properties[property];
    return held === value || (Array.isArray(held) && held.includes(value));
  });
}

/** A property that a record of ours always has. */
export function textOf(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value !== "string") throw new Error(`a record lacks its property ${name}`);
  return value;
}
