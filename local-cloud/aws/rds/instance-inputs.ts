import { z } from "zod";
import type { BrokenRule } from "../../provider/resource-type.ts";
import { idInput, onlyFalse, refused, regionInput, tagsInput, validatedBy } from "../inputs.ts";
import { databaseNameFault, identifierFault, masterUserFault, passwordFault } from "./identifiers.ts";
import { instanceClass, instanceClassNames } from "./instance-class.ts";

const day = "(?:mon|tue|wed|thu|fri|sat|sun)";
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const noOtherEngine = "it runs PostgreSQL only";
const noDirectory = "it has no Active Directory";
const noSnapshot = "it keeps no snapshots";
const arnInput = z.string().regex(/^arn:aws:/, { error: "must be an ARN" });

/**
 * Schema of the inputs of aws.rds.Instance. Inputs without a local effect are checked and stored.
 * Inputs that local-cloud can't honour are refused.
 */
export const instanceInputs = z.strictObject({
  allocatedStorage: z
    .number()
    .int()
    .min(20, { error: "must be at least 20 GiB for PostgreSQL" })
    .max(65_536)
    .optional(),
  allowMajorVersionUpgrade: z.boolean().optional(),
  applyImmediately: z.boolean().optional(),
  autoMinorVersionUpgrade: z.boolean().default(true),
  availabilityZone: z.string().optional(),
  backupRetentionPeriod: z.number().int().min(0).max(35).optional(),
  backupTarget: z.literal("region", { error: 'must be "region": the local cloud has no Outposts' }).optional(),
  backupWindow: z
    .string()
    .regex(new RegExp(`^${time}-${time}$`), { error: 'must be a range of hours in UTC, such as "09:46-10:16"' })
    .optional(),
  blueGreenUpdate: z.strictObject({ enabled: onlyFalse("it has no blue/green deployments") }).optional(),
  caCertIdentifier: z.enum(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"]).optional(),
  characterSetName: refused(noOtherEngine),
  copyTagsToSnapshot: z.boolean().optional(),
  customIamInstanceProfile: refused("it has no RDS Custom"),
  customerOwnedIpEnabled: onlyFalse("it has no Outposts"),
  databaseInsightsMode: z.enum(["standard", "advanced"]).optional(),
  dbName: z.string().superRefine(validatedBy(databaseNameFault)).optional(),
  dbSubnetGroupName: z.string({ error: "is required by local-cloud: it has no default VPC" }),
  dedicatedLogVolume: onlyFalse("its disks have no provisioned IOPS"),
  deleteAutomatedBackups: z.boolean().default(true),
  deletionProtection: z.boolean().optional(),
  domain: refused(noDirectory),
  domainAuthSecretArn: refused(noDirectory),
  domainDnsIps: refused(noDirectory),
  domainFqdn: refused(noDirectory),
  domainIamRoleName: refused(noDirectory),
  domainOu: refused(noDirectory),
  enabledCloudwatchLogsExports: z.array(z.enum(["postgresql", "upgrade", "iam-db-auth-error"])).optional(),
  engine: z.literal("postgres", { error: 'must be "postgres": the local cloud has no other engine' }),
  engineLifecycleSupport: z
    .enum(["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"])
    .optional(),
  engineVersion: z
    .string()
    .regex(/^17(?:\.\d+)?$/, { error: 'must be "17" or a version of it: the local cloud runs PostgreSQL 17' })
    .optional(),
  finalSnapshotIdentifier: z
    .string()
    .regex(/^[A-Za-z](?:-?[A-Za-z0-9])*$/, {
      error: "must begin with a letter, and only letters, digits and single hyphens between them are allowed",
    })
    .optional(),
  iamDatabaseAuthenticationEnabled: onlyFalse("its servers take passwords only"),
  identifier: z.string().superRefine(validatedBy(identifierFault)).optional(),
  identifierPrefix: z
    .string()
    .superRefine(validatedBy((prefix) => identifierFault(`${prefix}0`)))
    .optional(),
  instanceClass: z.string().refine((name) => instanceClass(name) !== undefined, {
    error: `must be a class that the local cloud knows: ${instanceClassNames.join(", ")}`,
  }),
  iops: z.number().int().min(1_000).optional(),
  kmsKeyId: arnInput.optional(),
  licenseModel: z.literal("postgresql-license").optional(),
  maintenanceWindow: z
    .string()
    .regex(new RegExp(`^${day}:${time}-${day}:${time}$`, "i"), { error: 'must be such as "Mon:00:00-Mon:03:00"' })
    .optional(),
  manageMasterUserPassword: onlyFalse("it has no Secrets Manager: set password"),
  masterUserSecretKmsKeyId: refused("it has no Secrets Manager"),
  maxAllocatedStorage: z.number().int().min(0).max(65_536).optional(),
  monitoringInterval: z.literal([0, 1, 5, 10, 15, 30, 60]).optional(),
  monitoringRoleArn: arnInput.optional(),
  multiAz: z.boolean().optional(),
  ncharCharacterSetName: refused(noOtherEngine),
  networkType: z.literal("IPV4", { error: 'must be "IPV4": the local cloud has no IPv6' }).optional(),
  optionGroupName: z
    .literal("default:postgres-17", {
      error: 'must be "default:postgres-17": RDS for PostgreSQL has no other option groups',
    })
    .optional(),
  parameterGroupName: z.string().optional(),
  password: z.string().superRefine(validatedBy(passwordFault)).optional(),
  passwordWo: z.string().superRefine(validatedBy(passwordFault)).optional(),
  passwordWoVersion: z.number().int().optional(),
  performanceInsightsEnabled: z.boolean().optional(),
  performanceInsightsKmsKeyId: arnInput.optional(),
  performanceInsightsRetentionPeriod: z
    .number()
    .refine((days) => days === 7 || days === 731 || (days % 31 === 0 && days >= 31 && days <= 713), {
      error: "must be 7, 731, or a multiple of 31 from 31 to 713 days",
    })
    .optional(),
  port: z.number().int().min(1_150).max(65_535).optional(),
  publiclyAccessible: onlyFalse("a database has a private address only"),
  region: regionInput,
  replicaMode: refused(noOtherEngine),
  replicateSourceDb: refused("it has no replicas"),
  restoreToPointInTime: refused("it keeps no backups"),
  s3Import: refused(noOtherEngine),
  skipFinalSnapshot: z.boolean().default(false),
  snapshotIdentifier: refused(noSnapshot),
  storageEncrypted: z.boolean().optional(),
  storageThroughput: z.number().int().min(125).optional(),
  storageType: z.enum(["standard", "gp2", "gp3", "io1", "io2"]).optional(),
  tags: tagsInput,
  timezone: refused(noOtherEngine),
  upgradeStorageConfig: onlyFalse("its storage has one configuration"),
  username: z.string().superRefine(validatedBy(masterUserFault)),
  vpcSecurityGroupIds: z.array(idInput("sg")).optional(),
  warningEventCategories: z.array(z.string()).optional(),
});

export type InstanceInputs = z.infer<typeof instanceInputs>;

/**
 * Returns the rules across inputs that are broken. Source of the rules: the provider and
 * CreateDBInstance.
 */
export function checkInstance(inputs: Partial<InstanceInputs>): BrokenRule[] {
  const failures: BrokenRule[] = [];
  const fail = (property: string, reason: string, ...alsoReads: string[]) =>
    failures.push({ property, reason, alsoReads });
  const { allocatedStorage, maxAllocatedStorage, storageType, iops, storageThroughput } = inputs;
  if (allocatedStorage === undefined) fail("allocatedStorage", "is required for a new instance, in GiB");
  if (inputs.password !== undefined && inputs.passwordWo !== undefined)
    fail("passwordWo", "conflicts with password: set only one of them");
  if (inputs.password === undefined && inputs.passwordWo === undefined)
    fail("password", "is required for a new instance", "passwordWo");
  if ((inputs.passwordWo === undefined) !== (inputs.passwordWoVersion === undefined)) {
    fail("passwordWoVersion", "passwordWo and passwordWoVersion are given together", "passwordWo");
  }
  if (maxAllocatedStorage !== undefined && maxAllocatedStorage !== 0 && maxAllocatedStorage < (allocatedStorage ?? 0)) {
    fail(
      "maxAllocatedStorage",
      `must be 0 or at least allocatedStorage (got ${maxAllocatedStorage})`,
      "allocatedStorage",
    );
  }
  if (iops !== undefined && !["io1", "io2", "gp3"].includes(storageType ?? "")) {
    fail("iops", 'can only be set when storageType is "io1", "io2" or "gp3"', "storageType");
  }
  if (storageThroughput !== undefined && storageType !== "gp3") {
    fail("storageThroughput", 'can only be set when storageType is "gp3"', "storageType");
  }
  if (inputs.kmsKeyId !== undefined && inputs.storageEncrypted !== true) {
    fail("kmsKeyId", "needs storageEncrypted: true", "storageEncrypted");
  }
  if ((inputs.monitoringInterval ?? 0) > 0 !== (inputs.monitoringRoleArn !== undefined)) {
    fail(
      "monitoringRoleArn",
      "a monitoringInterval above 0 and a monitoringRoleArn are given together",
      "monitoringInterval",
    );
  }
  if (inputs.performanceInsightsEnabled !== true) {
    for (const name of ["performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"] as const) {
      if (inputs[name] !== undefined)
        fail(name, "needs performanceInsightsEnabled: true", "performanceInsightsEnabled");
    }
  }
  return failures;
}
