import type { OperationContext, Properties, ResourceType } from "../../provider/resource-type.ts";
import { arn, stackOf } from "../../engine/account.ts";
import { collectGarbage } from "../../engine/base.ts";
import { createRecord, deleteRecord, getRecord, listRecords, updateRecord } from "../../engine/records.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { ApiError } from "../api-error.ts";
import { commonOutputs, defined } from "../inputs.ts";
import { newResourceId } from "../record-resource.ts";
import { findSubnet, findVpc, requireGroupsInVpc, textOf, type FoundSubnet } from "./find.ts";
import { machineImages, type MachineImage } from "./images.ts";
import { checkInstance, instanceInputs, type InstanceInputs } from "./instance-inputs.ts";
import {
  consoleTail,
  createInstance,
  findInstance,
  hostNameOf,
  instanceStateOf,
  privateDomain,
  publicNameOf,
  removeInstance,
  resizeInstance,
  startInstance,
  stopInstance,
  withInstanceAddresses,
  type InstanceAddresses,
} from "./instance-container.ts";
import { instanceTypes, offersType, type InstanceType } from "./instance-types.ts";
import { hasElasticAddress, takeNewPublicAddress } from "./public-address.ts";
import { availabilityZones } from "./zones.ts";
import { token } from "./tokens.ts";

const INSTANCE_PROFILE = "aws:iam/instanceProfile:InstanceProfile";

/** Inputs whose change replaces an instance. With userDataReplaceOnChange, user data is one too. */
const replacementInputs = [
  "ami",
  "subnetId",
  "availabilityZone",
  "privateIp",
  "associatePublicIpAddress",
  "ebsOptimized",
  "keyName",
  "tenancy",
  "region",
] as const;

/**
 * An EC2 instance: a container that boots the system of a machine image. It has its own Docker
 * engine, SSH server and addresses.
 */
export const instance: ResourceType<InstanceInputs> = {
  token: token.instance,
  inputs: instanceInputs,
  check: checkInstance,
  replaceOn: replacementPaths,
  unstableOutputs: (olds, news) => [
    ...["instanceState", "rootBlockDevice", "metadataOptions", "tagsAll"],
    ...(olds["instanceType"] === news["instanceType"] ? [] : ["publicIp", "publicDns"]),
  ],

  async create(inputs, context) {
    const { subnet, type, image, groups } = await resolveReferences(inputs);
    const id = newResourceId("i");
    const stack = stackOf(context.urn);
    const isPublic = inputs.associatePublicIpAddress ?? subnet.mapPublicIpOnLaunch;
    const { enableDnsHostnames } = await findVpc(subnet.vpcId);
    return withInstanceAddresses(subnet, inputs.privateIp, isPublic, async (addresses) => {
      const outputs = outputsOf(id, inputs, {
        subnet,
        image,
        groups,
        addresses,
        publicNames: enableDnsHostnames === true,
      });
      try {
        context.signal.throwIfAborted();
        await createRecord(token.instance, id, outputs, stack);
        await createInstance({ id, stack, containerImage: image.containerImage, type, subnet }, addresses);
        await reconcile();
        await requireRunning(id);
        context.signal.throwIfAborted();
      } catch (error) {
        await remove(id, false);
        throw error;
      }
      return { id, outputs };
    });
  },

  async read(id) {
    const found = await findInstance(id);
    if (found === undefined) {
      // The instance was removed outside Pulumi. Nothing needs its record and its volumes any more.
      await remove(id, false);
      return undefined;
    }
    return { outputs: inState(found.properties, found.instanceState) };
  },

  async update(id, olds, inputs, context) {
    const { subnet, type, image, groups } = await resolveReferences(inputs);
    refuseSmallerVolume(olds, inputs);
    const key = textOf(olds, "keyName");
    // The engine's state lacks the public address of an instance that it read while stopped.
    const found = await findInstance(id);
    const recorded = found?.properties ?? olds;
    const outputs = outputsOf(id, key === "" ? inputs : { ...inputs, keyName: key }, {
      subnet,
      image,
      groups,
      addresses: addressesOf(recorded),
      publicNames: recorded["publicDns"] !== "",
    });
    const wasRunning = found?.instanceState === "running";
    const stops = needsStop(olds, inputs);
    if (stops && wasRunning) {
      context.progress("stopping the instance to change it");
      await stopInstance(id);
    }
    if (olds["instanceType"] !== inputs.instanceType) await resizeInstance(id, type);
    await updateRecord(token.instance, id, outputs);
    if (stops && wasRunning) {
      // A start gives another public address, unless it is an Elastic IP address.
      if (outputs["publicIp"] !== "" && !(await hasElasticAddress(id))) await takeNewPublicAddress(id);
      await startInstance(id);
    }
    await reconcile();
    const { properties } = (await getRecord(token.instance, id)) ?? { properties: outputs };
    return inState(properties, (await instanceStateOf(id)) ?? "terminated");
  },

  async delete(id, _state, context) {
    const record = await getRecord(token.instance, id);
    if (record?.properties["disableApiTermination"] === true && record.properties["forceDestroy"] !== true) {
      throw new ApiError(
        "OperationNotPermitted",
        `the instance '${id}' may not be terminated: set disableApiTermination to false first, or forceDestroy to true`,
      );
    }
    await terminate(id, context);
  },
};

async function terminate(id: string, context: OperationContext): Promise<void> {
  context.progress("shutting down");
  await remove(id, true);
}

async function remove(id: string, graceful: boolean): Promise<void> {
  await removeInstance(id, graceful);
  const existed = (await getRecord(token.instance, id)) !== undefined;
  await deleteRecord(token.instance, id);
  // Removes the instance's address from the rules that reference its security groups.
  if (existed) await reconcile();
  await collectGarbage();
}

/**
 * Finds the subnet, type, image and security groups that the inputs name.
 *
 * @throws ApiError as EC2 does, for a missing resource or resources that don't fit together.
 */
async function resolveReferences(
  inputs: InstanceInputs,
): Promise<{ subnet: FoundSubnet; type: InstanceType; image: MachineImage; groups: string[] }> {
  const type = instanceTypes.get(inputs.instanceType);
  const image = machineImages.get(inputs.ami);
  if (type === undefined) throw new ApiError("InvalidInstanceType", inputs.instanceType);
  if (image === undefined) throw new ApiError("InvalidAMIID.NotFound", `the image id '${inputs.ami}' does not exist`);
  const subnet = await findSubnet(inputs.subnetId);
  if (inputs.availabilityZone !== undefined && inputs.availabilityZone !== subnet.availabilityZone) {
    throw new ApiError(
      "InvalidParameterValue",
      `subnet ${subnet.id} is in ${subnet.availabilityZone}, not in ${inputs.availabilityZone}`,
    );
  }
  const zone = availabilityZones().find(({ name }) => name === subnet.availabilityZone);
  if (zone !== undefined && !offersType(zone, inputs.instanceType)) {
    const others = availabilityZones().filter((one) => offersType(one, inputs.instanceType));
    throw new ApiError(
      "Unsupported",
      `instance type ${inputs.instanceType} is not supported in zone ${zone.name}; choose ${others.map(({ name }) => name).join(", ")}`,
    );
  }
  const groups = inputs.vpcSecurityGroupIds ?? [textOf(await findVpc(subnet.vpcId), "defaultSecurityGroupId")];
  await requireGroupsInVpc(groups, subnet.vpcId);
  if (inputs.keyName !== undefined && (await getRecord(token.keyPair, inputs.keyName)) === undefined) {
    throw new ApiError("InvalidKeyPair.NotFound", `the key pair '${inputs.keyName}' does not exist`);
  }
  const profile = inputs.iamInstanceProfile;
  if (profile !== undefined && !(await listRecords(INSTANCE_PROFILE)).some(({ id }) => id === profile)) {
    throw new ApiError(
      "InvalidParameterValue",
      `value (${profile}) for parameter iamInstanceProfile.name is invalid: no such profile`,
    );
  }
  return { subnet, type, image, groups };
}

/** Checks that the root volume does not shrink: an EBS volume can only grow. */
function refuseSmallerVolume(olds: Properties, news: InstanceInputs): void {
  const old = (olds["rootBlockDevice"] as Properties | undefined)?.["volumeSize"];
  const size = news.rootBlockDevice?.volumeSize;
  if (typeof old === "number" && size !== undefined && size < old) {
    throw new ApiError(
      "InvalidParameterValue",
      `new size cannot be smaller than existing size: root volume ${old} GiB -> ${size} GiB`,
    );
  }
}

async function requireRunning(id: string): Promise<void> {
  if ((await instanceStateOf(id)) === "running") return;
  throw new Error(`the instance stopped while it booted; the last lines of its console:\n${await consoleTail(id)}`);
}

function replacementPaths(olds: Properties, news: Properties): string[] {
  const changed = (name: string) => news[name] !== undefined && !same(olds[name], news[name]);
  const root = (properties: Properties) => (properties["rootBlockDevice"] ?? {}) as Properties;
  const names =
    news["userDataReplaceOnChange"] === true ? [...replacementInputs, "userData", "userDataBase64"] : replacementInputs;
  return [
    // EC2 computes these inputs where they are absent. So a property that the program drops keeps
    // its value and replaces nothing.
    ...names.filter(changed),
    ...["encrypted", "kmsKeyId"]
      .filter((name) => !same(root(olds)[name], root(news)[name]))
      .map((name) => `rootBlockDevice.${name}`),
  ];
}

/** Returns true for a change that EC2 makes only on a stopped instance. */
function needsStop(olds: Properties, news: InstanceInputs): boolean {
  return (["instanceType", "userData", "userDataBase64"] as const).some((name) => !same(olds[name], news[name]));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function addressesOf(olds: Properties): InstanceAddresses {
  const publicIp = textOf(olds, "publicIp");
  return { privateIp: textOf(olds, "privateIp"), ...(publicIp === "" ? {} : { publicIp }) };
}

/**
 * Returns the outputs of an instance in a state. EC2 shows no public address of an instance that is
 * not running.
 */
function inState(running: Properties, instanceState: string): Properties {
  if (instanceState === "running") return { ...running, instanceState };
  return { ...running, instanceState, associatePublicIpAddress: false, publicIp: "", publicDns: "" };
}

/**
 * Returns the outputs of a running instance, with EC2's defaults for the inputs that are absent.
 */
function outputsOf(
  id: string,
  inputs: InstanceInputs,
  found: {
    subnet: FoundSubnet;
    image: MachineImage;
    groups: string[];
    addresses: InstanceAddresses;
    publicNames: boolean;
  },
): Properties {
  const { subnet, image, groups, addresses, publicNames } = found;
  const { privateIp, publicIp } = addresses;
  return {
    ...defined(inputs),
    ...commonOutputs(inputs),
    arn: arn("ec2", `instance/${id}`),
    instanceState: "running",
    availabilityZone: subnet.availabilityZone,
    associatePublicIpAddress: publicIp !== undefined,
    vpcSecurityGroupIds: groups,
    securityGroups: [],
    privateIp,
    publicIp: publicIp ?? "",
    privateDns: `${hostNameOf(privateIp)}.${privateDomain()}`,
    publicDns: publicIp === undefined || !publicNames ? "" : publicNameOf(publicIp),
    primaryNetworkInterfaceId: id.replace("i-", "eni-"),
    secondaryPrivateIps: [],
    ipv6AddressCount: 0,
    ipv6Addresses: [],
    keyName: inputs.keyName ?? "",
    iamInstanceProfile: inputs.iamInstanceProfile ?? "",
    disableApiStop: inputs.disableApiStop ?? false,
    disableApiTermination: inputs.disableApiTermination ?? false,
    ebsOptimized: inputs.ebsOptimized ?? false,
    monitoring: inputs.monitoring ?? false,
    tenancy: "default",
    instanceInitiatedShutdownBehavior: "stop",
    instanceLifecycle: "",
    hostId: "",
    outpostArn: "",
    passwordData: "",
    placementGroup: "",
    placementGroupId: "",
    placementPartitionNumber: 0,
    spotInstanceRequestId: "",
    ebsBlockDevices: [],
    ephemeralBlockDevices: [],
    metadataOptions: metadataOptionsOf(inputs.metadataOptions),
    rootBlockDevice: rootBlockDeviceOf(id, inputs.rootBlockDevice, image),
  };
}

function metadataOptionsOf(given: InstanceInputs["metadataOptions"]): Properties {
  return {
    httpEndpoint: given?.httpEndpoint ?? "enabled",
    httpProtocolIpv6: "disabled",
    httpPutResponseHopLimit: given?.httpPutResponseHopLimit ?? 2,
    httpTokens: given?.httpTokens ?? "required",
    instanceMetadataTags: given?.instanceMetadataTags ?? "disabled",
  };
}

function rootBlockDeviceOf(id: string, given: InstanceInputs["rootBlockDevice"], image: MachineImage): Properties {
  return {
    ...defined(given ?? {}),
    deleteOnTermination: true,
    deviceName: image.rootDeviceName,
    encrypted: given?.encrypted ?? false,
    volumeId: id.replace("i-", "vol-"),
    volumeSize: given?.volumeSize ?? image.rootVolumeSize,
    volumeType: given?.volumeType ?? "gp3",
    kmsKeyId: given?.kmsKeyId ?? "",
    ...(given?.tags === undefined ? {} : { tags: given.tags }),
  };
}
