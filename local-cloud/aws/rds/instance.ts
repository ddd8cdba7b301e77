import { createHash, randomBytes } from "node:crypto";
import type { OperationContext, Properties, ResourceType } from "../../provider/resource-type.ts";
import { accountId, arn, region, stackOf } from "../../engine/account.ts";
import { collectGarbage, ensureBase } from "../../engine/base.ts";
import { containerName, removeContainer, removeDataVolumes } from "../../engine/containers.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { changeRecord, createRecord, deleteRecord, getRecord, listRecords } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { findSubnet, findVpc, requireGroupsInVpc, textOf } from "../ec2/find.ts";
import { commonOutputs, defined } from "../inputs.ts";
import { omit } from "../omit.ts";
import { checkInstance, instanceInputs, type InstanceInputs } from "./instance-inputs.ts";
import {
  applyConfiguration,
  changePassword,
  hasData,
  createRoles,
  recoverServer,
  restartServer,
  runServer,
  serverVersion,
} from "./server.ts";
import { token } from "./tokens.ts";

const defaultParameterGroup = "default.postgres17";
/**
 * Inputs whose change recreates the server's container with the same data. On AWS, such a change
 * restarts the instance.
 */
const restartInputs = ["instanceClass", "identifier", "port", "dbSubnetGroupName"] as const;

/** A database instance: its own PostgreSQL server, with the memory and connections of its class. */
export const instance: ResourceType<InstanceInputs> = {
  token: token.instance,
  inputs: instanceInputs,
  defaults: (news, olds, context) => fillName("identifier", news, olds, context),
  check: (inputs) => [
    ...checkInstance(inputs),
    ...nameConflict("identifier", {
      identifier: inputs.identifier ?? null,
      identifierPrefix: inputs.identifierPrefix ?? null,
    }),
  ],
  replaceOn: [
    "availabilityZone",
    "backupTarget",
    "dbName",
    "engine",
    "identifierPrefix",
    "kmsKeyId",
    "region",
    "storageEncrypted",
    "username",
  ],
  deleteBeforeReplace: (news) => hasExplicitName("identifier", news),
  secretOutputs: ["password", "passwordWo"],
  unstableOutputs: ["latestRestorableTime", "status"],

  async create(inputs, context) {
    const placement = await resolvePlacement(inputs, undefined);
    const id = newInstanceId();
    const outputs = outputsOf(inputs, id, placement);
    await createRecord(
      token.instance,
      id,
      { ...withoutPassword(outputs), subnetId: placement.subnetId },
      stackOf(context.urn),
    );
    try {
      await ensureBase();
      context.progress("starting the PostgreSQL server");
      const { privateAddress } = await runServer(id, context.signal);
      await changeRecord(token.instance, id, (present) => ({ ...present, privateAddress }));
      await reconcile();
      await createRoles(id, inputs.username, passwordOf(inputs), inputs.dbName);
      const ready = { status: "available", engineVersionActual: await serverVersion(id) };
      await changeRecord(token.instance, id, (present) => ({ ...present, ...ready }));
      warnOfFinalSnapshot(inputs, context);
      return { id, outputs: { ...outputs, ...ready } };
    } catch (error) {
      await remove(id);
      throw error;
    }
  },

  async read(id, state) {
    const record = await getRecord(token.instance, id);
    if (record === undefined || !(await hasData(id))) {
      // The data was removed outside Pulumi. Nothing needs the record and the container any more.
      await remove(id);
      return undefined;
    }
    await recoverServer(id);
    await reconcile();
    const passwords = { password: state["password"], passwordWo: state["passwordWo"] };
    return { outputs: { ...omit(record.properties, "subnetId", "privateAddress"), ...defined(passwords) } };
  },

  async update(id, olds, news, context) {
    const placement = await resolvePlacement(news, id);
    const present = (await getRecord(token.instance, id))?.properties ?? {};
    validateChange(present, news);
    const outputs: Properties = {
      ...outputsOf(news, id, { ...placement, subnetId: textOf(present, "subnetId") }),
      status: "available",
      engineVersionActual: present["engineVersionActual"] ?? "",
    };
    await changeRecord(token.instance, id, (before) => ({
      ...withoutPassword(outputs),
      subnetId: before["subnetId"] ?? "",
      privateAddress: before["privateAddress"] ?? "",
    }));
    if (restartInputs.some((name) => present[name] !== outputs[name])) {
      context.progress("restarting the PostgreSQL server");
      await restartServer(id, context.signal);
    } else {
      await recoverServer(id);
      if (present["parameterGroupName"] !== outputs["parameterGroupName"]) await applyConfiguration(id);
    }
    await reconcile();
    if (passwordChanged(olds, news)) await changePassword(id, news.username, passwordOf(news));
    warnOfFinalSnapshot(news, context);
    return outputs;
  },

  async delete(id, state) {
    const record = await getRecord(token.instance, id);
    if (record !== undefined) validateDelete(record.properties, state);
    await remove(id);
  },
};

/** The place of an instance in its VPC. */
interface Placement {
  subnetId: string;
  availabilityZone: string;
  vpcSecurityGroupIds: string[];
}

/**
 * Checks the inputs against other records and selects a subnet of the subnet group.
 *
 * @throws ApiError as RDS does, for a duplicate identifier or a group or subnet that doesn't fit.
 */
async function resolvePlacement(inputs: InstanceInputs, id: string | undefined): Promise<Placement> {
  const duplicate = (await listRecords(token.instance)).find(
    (other) => other.id !== id && other.properties["identifier"] === inputs.identifier,
  );
  if (duplicate !== undefined) {
    throw new ApiError(
      "DBInstanceAlreadyExists",
      `DB instance ${inputs.identifier ?? ""} already exists: ${duplicate.id}`,
    );
  }
  const group = await getRecord(token.subnetGroup, inputs.dbSubnetGroupName);
  if (group === undefined) {
    throw new ApiError("DBSubnetGroupNotFoundFault", `DB subnet group '${inputs.dbSubnetGroupName}' does not exist`);
  }
  const parameterGroup = inputs.parameterGroupName ?? defaultParameterGroup;
  if (
    parameterGroup !== defaultParameterGroup &&
    (await getRecord(token.parameterGroup, parameterGroup)) === undefined
  ) {
    throw new ApiError("DBParameterGroupNotFound", `DB parameter group '${parameterGroup}' does not exist`);
  }
  const vpcId = textOf(group.properties, "vpcId");
  const vpcSecurityGroupIds = inputs.vpcSecurityGroupIds ?? [textOf(await findVpc(vpcId), "defaultSecurityGroupId")];
  await requireGroupsInVpc(vpcSecurityGroupIds, vpcId);
  const subnets = await Promise.all(
    (group.properties["subnetIds"] as string[]).map((subnetId) => findSubnet(subnetId)),
  );
  const zone = inputs.availabilityZone;
  const subnet = zone === undefined ? subnets[0] : subnets.find(({ availabilityZone }) => availabilityZone === zone);
  if (subnet === undefined) {
    throw new ApiError(
      "InvalidVPCNetworkStateFault",
      `the DB subnet group ${group.id} does not cover the availability zone ${zone ?? ""}`,
    );
  }
  return { subnetId: subnet.id, availabilityZone: subnet.availabilityZone, vpcSecurityGroupIds };
}

function validateChange(present: Properties, news: InstanceInputs): void {
  if (present["dbSubnetGroupName"] !== news.dbSubnetGroupName) {
    throw new ApiError(
      "InvalidVPCNetworkStateFault",
      `you cannot move the DB instance to the subnet group ${news.dbSubnetGroupName}: replace the instance to move it`,
    );
  }
  const allocated = Number(present["allocatedStorage"]);
  if (allocated > (news.allocatedStorage ?? 0)) {
    throw new ApiError("InvalidParameterCombination", `the allocated storage can't be reduced: it is ${allocated} GiB`);
  }
}

function validateDelete(present: Properties, state: Properties): void {
  if (present["deletionProtection"] === true) {
    throw new ApiError(
      "InvalidParameterCombination",
      "Cannot delete protected DB Instance, please disable deletion protection and try again.",
    );
  }
  if (state["skipFinalSnapshot"] === true) return;
  if (state["finalSnapshotIdentifier"] === undefined) {
    throw new ApiError(
      "InvalidParameterCombination",
      "finalSnapshotIdentifier is required when skipFinalSnapshot is false: set skipFinalSnapshot: true, run an update, then delete",
    );
  }
  throw new ApiError(
    "NotSupported",
    "the local cloud keeps no snapshots, so it can't take the final one: set skipFinalSnapshot: true, run an update, then delete",
  );
}

/** Warns at creation and update of a setting that will make the deletion fail. */
function warnOfFinalSnapshot(inputs: InstanceInputs, { progress }: OperationContext): void {
  if (!inputs.skipFinalSnapshot)
    progress("can't be deleted until skipFinalSnapshot is true: local-cloud has no snapshots");
}

async function remove(id: string): Promise<void> {
  await removeContainer(containerName(id));
  await removeDataVolumes(token.instance, id);
  await deleteRecord(token.instance, id);
  await collectGarbage();
}

function outputsOf(inputs: InstanceInputs, id: string, placement: Placement): Properties {
  const identifier = inputs.identifier ?? "";
  const address = `${identifier}.${accountPart()}.${region()}.rds.amazonaws.com`;
  const port = inputs.port ?? 5_432;
  return {
    caCertIdentifier: "rds-ca-rsa2048-g1",
    databaseInsightsMode: "standard",
    engineLifecycleSupport: "open-source-rds-extended-support",
    engineVersion: "17",
    kmsKeyId: "",
    licenseModel: "postgresql-license",
    backupRetentionPeriod: 0,
    backupTarget: "region",
    backupWindow: "17:00-17:30",
    deletionProtection: false,
    iops: 0,
    maintenanceWindow: "sun:18:00-sun:18:30",
    monitoringInterval: 0,
    multiAz: false,
    networkType: "IPV4",
    optionGroupName: "default:postgres-17",
    parameterGroupName: defaultParameterGroup,
    performanceInsightsEnabled: false,
    performanceInsightsKmsKeyId: "",
    performanceInsightsRetentionPeriod: 0,
    publiclyAccessible: false,
    storageEncrypted: false,
    storageThroughput: 0,
    storageType: "gp2",
    ...defined(inputs),
    ...commonOutputs(inputs),
    address,
    arn: arn("rds", `db:${identifier}`),
    availabilityZone: placement.availabilityZone,
    characterSetName: "",
    dbName: inputs.dbName ?? "",
    endpoint: `${address}:${port}`,
    engineVersionActual: "",
    hostedZoneId: "ZLA2NUCOLGUUR",
    identifier,
    identifierPrefix: inputs.identifierPrefix ?? "",
    latestRestorableTime: "",
    listenerEndpoints: [],
    masterUserSecrets: [],
    port,
    replicas: [],
    resourceId: id,
    status: "creating",
    vpcSecurityGroupIds: placement.vpcSecurityGroupIds,
  };
}

/** Returns the part of an endpoint that all instances of an account in a region share. */
function accountPart(): string {
  const digest = createHash("sha256").update(`${accountId()}/${region()}`).digest();
  return `c${BigInt(`0x${digest.toString("hex")}`)
    .toString(36)
    .slice(0, 11)}`;
}

/** Returns a new id in RDS's form: `db-` and 26 characters. */
function newInstanceId(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `db-${[...randomBytes(26)].map((byte) => alphabet.charAt(byte % 32)).join("")}`;
}

function passwordOf({ password, passwordWo }: InstanceInputs): string {
  return password ?? passwordWo ?? "";
}

/**
 * Returns true for a new password. A write-only password is not compared: a new version announces
 * it.
 */
function passwordChanged(olds: Properties, news: InstanceInputs): boolean {
  return news.passwordWoVersion === undefined
    ? olds["password"] !== news.password
    : olds["passwordWoVersion"] !== news.passwordWoVersion;
}

/**
 * Returns the outputs without passwords, for the record: whoever can use the Docker engine can read
 * its labels.
 */
function withoutPassword(outputs: Properties): Properties {
  return omit(outputs, "password", "passwordWo");
}
