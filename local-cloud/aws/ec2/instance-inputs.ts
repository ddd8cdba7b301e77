import { z } from "zod";
import type { CheckFailure } from "../../provider/resource-type.ts";
import { parseAddress } from "../../engine/cidr.ts";
import { idInput, onlyFalse, refused, regionInput, tagsInput } from "../inputs.ts";
import { machineImages } from "./images.ts";
import { instanceTypes } from "./instance-types.ts";
import { userDataFailure, userDataOf } from "./user-data.ts";
import { availabilityZones } from "./zones.ts";

const noIpv6 = "its networks are IPv4 only";
const noInterfaces =
  "an instance has one network interface, created with it: set subnetId, privateIp and vpcSecurityGroupIds";
const noHardware = "its instances have no hardware to select";
const onlyRoot = "an instance has only its root volume";

const rootBlockDevice = z.strictObject({
  volumeSize: z.int().min(1).max(16_384).optional(),
  volumeType: z.enum(["gp2", "gp3", "io1", "io2", "standard", "sc1", "st1"]).optional(),
  encrypted: z.boolean().optional(),
  deleteOnTermination: z
    .literal(true, { error: "can't be false in local-cloud: the root volume is deleted with its instance" })
    .default(true),
  iops: z.int().min(100).max(256_000).optional(),
  throughput: z.int().min(125).max(2_000).optional(),
  kmsKeyId: z.string().optional(),
  tags: tagsInput,
});

const metadataOptions = z.strictObject({
  httpEndpoint: z.enum(["enabled", "disabled"]).optional(),
  httpProtocolIpv6: z.literal("disabled", { error: `local-cloud: ${noIpv6}; allowed: disabled` }).optional(),
  httpPutResponseHopLimit: z.int().min(1).max(64).optional(),
  httpTokens: z.enum(["required", "optional"]).optional(),
  instanceMetadataTags: z.enum(["enabled", "disabled"]).optional(),
});

export const instanceInputs = z.strictObject({
  ami: z.string().refine((id) => machineImages.has(id), {
    error: () =>
      `is not an image of local-cloud (InvalidAMIID.NotFound); allowed: ${[...machineImages.keys()].join(", ")}`,
  }),
  instanceType: z.string().refine((name) => instanceTypes.has(name), {
    error: () => `is not an instance type that local-cloud knows; allowed: ${[...instanceTypes.keys()].join(", ")}`,
  }),
  subnetId: idInput("subnet"),
  availabilityZone: z
    .string()
    .refine((name) => availabilityZones().some((zone) => zone.name === name), { error: "is not a zone of the region" })
    .optional(),
  privateIp: z
    .string()
    .refine((text) => parseAddress(text) !== undefined, { error: "must be an IPv4 address" })
    .optional(),
  associatePublicIpAddress: z.boolean().optional(),
  vpcSecurityGroupIds: z.array(idInput("sg")).max(16).optional(),
  keyName: z.string().optional(),
  iamInstanceProfile: z.string().optional(),
  userData: z.string().optional(),
  userDataBase64: z.base64().optional(),
  userDataReplaceOnChange: z.boolean().default(false),
  metadataOptions: metadataOptions.optional(),
  rootBlockDevice: rootBlockDevice.optional(),
  creditSpecification: z.strictObject({ cpuCredits: z.enum(["standard", "unlimited"]).optional() }).optional(),
  disableApiTermination: z.boolean().optional(),
  disableApiStop: z.boolean().optional(),
  forceDestroy: z.boolean().default(false),
  ebsOptimized: z.boolean().optional(),
  monitoring: z.boolean().optional(),
  sourceDestCheck: z.boolean().default(true),
  instanceInitiatedShutdownBehavior: z
    .literal("stop", { error: "local-cloud stops an instance that shuts itself down; allowed: stop" })
    .optional(),
  maintenanceOptions: z.strictObject({ autoRecovery: z.enum(["default", "disabled"]).optional() }).optional(),
  tenancy: z.literal("default", { error: "local-cloud has no dedicated hardware; allowed: default" }).optional(),
  volumeTags: tagsInput,
  tags: tagsInput,
  region: regionInput,
  getPasswordData: onlyFalse("it has no Windows instances"),
  hibernation: onlyFalse("it can't hibernate an instance"),
  enclaveOptions: z.strictObject({ enabled: onlyFalse("it has no enclaves") }).optional(),
  securityGroups: refused("that is EC2-Classic; set vpcSecurityGroupIds"),
  networkInterfaces: refused(noInterfaces),
  primaryNetworkInterface: refused(noInterfaces),
  secondaryNetworkInterfaces: refused(noInterfaces),
  secondaryPrivateIps: refused(noInterfaces),
  privateDnsNameOptions: refused("it supports IP-based names only"),
  ebsBlockDevices: refused(onlyRoot),
  ephemeralBlockDevices: refused(onlyRoot),
  launchTemplate: refused("it has no launch templates"),
  instanceMarketOptions: refused("it has no spot market"),
  capacityReservationSpecification: refused("it has no capacity reservations"),
  cpuOptions: refused(noHardware),
  hostId: refused(noHardware),
  hostResourceGroupArn: refused(noHardware),
  placementGroup: refused(noHardware),
  placementGroupId: refused(noHardware),
  placementPartitionNumber: refused(noHardware),
  enablePrimaryIpv6: onlyFalse(noIpv6),
  ipv6AddressCount: refused(noIpv6),
  ipv6Addresses: refused(noIpv6),
});
export type InstanceInputs = z.infer<typeof instanceInputs>;

/** Returns the rules that a combination of an instance's inputs breaks. */
export function checkInstance(inputs: Partial<InstanceInputs>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (inputs.userData !== undefined && inputs.userDataBase64 !== undefined) {
    failures.push({ property: "userDataBase64", reason: "conflicts with userData: set only one of them" });
  }
  const data = userDataOf(inputs);
  const failure = data === undefined ? undefined : userDataFailure(data);
  if (failure !== undefined) {
    failures.push({ property: inputs.userData === undefined ? "userDataBase64" : "userData", reason: failure });
  }
  const type = instanceTypes.get(inputs.instanceType ?? "");
  if (type?.burstable === false && inputs.creditSpecification?.cpuCredits !== undefined) {
    failures.push({
      property: "creditSpecification.cpuCredits",
      reason: `is for burstable types only, and ${inputs.instanceType ?? "this one"} is not`,
    });
  }
  const minimum = machineImages.get(inputs.ami ?? "")?.rootVolumeSize ?? 0;
  const size = inputs.rootBlockDevice?.volumeSize;
  if (size !== undefined && size < minimum) {
    failures.push({
      property: "rootBlockDevice.volumeSize",
      reason: `is ${size} GiB, smaller than the image's ${minimum} GiB (InvalidBlockDeviceMapping)`,
    });
  }
  return failures;
}
