import type { Properties, Value } from "../../provider/resource-type.ts";
import { getRecord, listRecords, type LocalRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { token } from "./tokens.ts";

/** A subnet, with the properties that other resources use. */
export interface FoundSubnet {
  id: string;
  vpcId: string;
  cidrBlock: string;
  availabilityZone: string;
  mapPublicIpOnLaunch: boolean;
}

/**
 * Returns the subnet with that id.
 *
 * @throws ApiError InvalidSubnetID.NotFound when there is none.
 */
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

/**
 * Returns the properties of the VPC with that id.
 *
 * @throws ApiError InvalidVpcID.NotFound when there is none.
 */
export async function findVpc(id: string): Promise<Properties> {
  const record = await getRecord(token.vpc, id);
  if (record === undefined) throw new ApiError("InvalidVpcID.NotFound", `the vpc ID '${id}' does not exist`);
  return record.properties;
}

/**
 * Returns the VPC of a security group. A VPC's default group has no record of its own.
 *
 * @throws ApiError InvalidGroup.NotFound when there is no such group.
 */
export async function findSecurityGroup(id: string): Promise<{ vpcId: string }> {
  return findInVpc(token.securityGroup, "defaultSecurityGroupId", id, "InvalidGroup.NotFound", "security group");
}

/**
 * Returns the VPC of a route table. A VPC's main table has no record of its own.
 *
 * @throws ApiError InvalidRouteTableID.NotFound when there is no such table.
 */
export async function findRouteTable(id: string): Promise<{ vpcId: string }> {
  return findInVpc(token.routeTable, "mainRouteTableId", id, "InvalidRouteTableID.NotFound", "routeTable ID");
}

async function findInVpc(
  type: string,
  defaultProperty: string,
  id: string,
  code: string,
  what: string,
): Promise<{ vpcId: string }> {
  const record = await getRecord(type, id);
  if (record !== undefined) return { vpcId: textOf(record.properties, "vpcId") };
  const [vpc] = await recordsWith(token.vpc, defaultProperty, id);
  if (vpc === undefined) throw new ApiError(code, `the ${what} '${id}' does not exist`);
  return { vpcId: vpc.id };
}

/**
 * Checks that the security groups exist and belong to the VPC.
 *
 * @throws ApiError InvalidGroup.NotFound or InvalidParameter when one does not.
 */
export async function requireGroupsInVpc(ids: readonly string[], vpcId: string): Promise<void> {
  for (const id of ids) {
    if ((await findSecurityGroup(id)).vpcId !== vpcId) {
      throw new ApiError(
        "InvalidParameter",
        `security group ${id} and subnet belong to different networks (VPC ${vpcId})`,
      );
    }
  }
}

/**
 * Refuses to delete a resource that other resources use.
 *
 * @throws ApiError DependencyViolation when `users` holds a record; names the first one.
 */
export function refuseWhileUsed(what: string, users: readonly LocalRecord[]): void {
  const user = users[0];
  if (user !== undefined) {
    throw new ApiError(
      "DependencyViolation",
      `${what} has dependencies and cannot be deleted: ${user.type} ${user.id} uses it`,
    );
  }
}

/** Returns the records of a type whose property is that value, or a list that contains it. */
export async function recordsWith(type: string, property: string, value: string): Promise<LocalRecord[]> {
  return (await listRecords(type)).filter(({ properties }) => {
    const held: Value | undefined = properties[property];
    return held === value || (Array.isArray(held) && held.includes(value));
  });
}

/**
 * Returns a text property that every record of the type has.
 *
 * @throws Error when the record lacks it.
 */
export function textOf(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value !== "string") throw new Error(`a record lacks its property ${name}`);
  return value;
}
