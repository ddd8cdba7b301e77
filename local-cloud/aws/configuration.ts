import { z } from "zod";
import { accountId, region, setRegion } from "../engine/account.ts";
import type { Properties } from "../provider/resource-type.ts";
import { refused, tagsInput } from "./inputs.ts";
import { setTagSettings } from "./provider-tags.ts";

// Every key of the real provider's configuration (@pulumi/aws, ProviderArgs). A stack's file sets
// them as `aws:KEY`.

/** `pulumi config set --path` writes digits as a number and "true" as a boolean. */
const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], { error: "a text" });
const texts = z.array(text);
const accounts = z.array(text.refine((id) => /^\d{12}$/.test(id), { error: "must be an account id of 12 digits" }));
const tagValues = z.preprocess(
  (tags) =>
    typeof tags === "object" && tags !== null
      ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, text.safeParse(value).data ?? value]))
      : tags,
  tagsInput,
);

/** Settings that work as on AWS. */
const supported = {
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, { error: "must be the name of a region, such as ap-northeast-2" })
    .optional(),
  defaultTags: z.strictObject({ tags: tagValues }).optional(),
  ignoreTags: z.strictObject({ keys: texts.optional(), keyPrefixes: texts.optional() }).optional(),
  allowedAccountIds: accounts.optional(),
  forbiddenAccountIds: accounts.optional(),
};

/** Settings of credentials and connections. The local cloud doesn't connect to AWS. */
const withoutEffect = {
  profile: text.optional(),
  accessKey: text.optional(),
  secretKey: text.optional(),
  token: text.optional(),
  sharedConfigFiles: texts.optional(),
  sharedCredentialsFiles: texts.optional(),
  maxRetries: z.number().optional(),
  retryMode: z.enum(["standard", "adaptive"]).optional(),
  tokenBucketRateLimiterCapacity: z.number().optional(),
  customCaBundle: text.optional(),
  insecure: z.boolean().optional(),
  httpProxy: text.optional(),
  httpsProxy: text.optional(),
  noProxy: text.optional(),
  ec2MetadataServiceEndpoint: text.optional(),
  ec2MetadataServiceEndpointMode: z.enum(["IPv4", "IPv6"]).optional(),
  s3UsEast1RegionalEndpoint: z.enum(["legacy", "regional"]).optional(),
  s3UsePathStyle: z.boolean().optional(),
  stsRegion: text.optional(),
  useDualstackEndpoint: z.boolean().optional(),
  useFipsEndpoint: z.boolean().optional(),
  userAgents: texts.optional(),
  skipCredentialsValidation: z.boolean().optional(),
  skipMetadataApiCheck: z.boolean().optional(),
  skipRegionValidation: z.boolean().optional(),
  skipRequestingAccountId: z.boolean().optional(),
};

/** Settings that change the program's rights or targets, which the local cloud can't do. */
const unsupported = {
  assumeRoles: refused("it has no roles for programs: every user of the Docker engine may do everything"),
  assumeRoleWithWebIdentity: refused("it has no roles for programs: every user of the Docker engine may do everything"),
  endpoints: refused("it has one endpoint, on this machine"),
  tagPolicyCompliance: z
    .literal("disabled", { error: "must be disabled in local-cloud: it has no organization with tag policies" })
    .optional(),
};

/** A dry run connects to nothing, so settings of roles and endpoints have no effect in it. */
const allowedInDryRun = {
  assumeRoles: z.array(z.record(z.string(), z.unknown())).optional(),
  assumeRoleWithWebIdentity: z.record(z.string(), z.unknown()).optional(),
  endpoints: z.array(z.record(z.string(), text)).optional(),
  tagPolicyCompliance: z.enum(["error", "warning", "disabled"]).optional(),
};

/** Schema of the provider's configuration on this machine. */
export const configuration = z.strictObject({ ...supported, ...withoutEffect, ...unsupported });

/** Schema of the provider's configuration in a dry run. */
export const dryRunConfiguration = z.strictObject({ ...supported, ...withoutEffect, ...allowedInDryRun });

type Configuration = z.infer<typeof configuration>;

/** Applies the configuration of this machine. */
export function configure(given: Properties): Promise<void> {
  applyRegionAndTags(given);
  const { allowedAccountIds, forbiddenAccountIds } = given as Configuration;
  requireAllowedAccount(allowedAccountIds, forbiddenAccountIds);
  return Promise.resolve();
}

/** Applies the configuration of a dry run, whose synthetic account is in no list of accounts. */
export function configureDryRun(given: Properties): Promise<void> {
  applyRegionAndTags(given);
  return Promise.resolve();
}

/** Returns a line for the user about the settings that have no effect on this machine. */
export function settingsWithoutEffect(given: Properties): string[] {
  // A user who turns a check off expects no effect.
  const names = Object.keys(given).filter((name) => name in withoutEffect && !name.startsWith("skip"));
  if (names.length === 0) return [];
  const keys = names.map((name) => `aws:${name}`).join(", ");
  return [`${keys}: no effect here, because the local cloud never connects to AWS`];
}

function applyRegionAndTags(given: Properties): void {
  const { region: name, defaultTags, ignoreTags } = given as Configuration;
  setRegion(name ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? region());
  setTagSettings({
    defaults: defaultTags?.tags ?? {},
    ignoredKeys: ignoreTags?.keys ?? [],
    ignoredPrefixes: ignoreTags?.keyPrefixes ?? [],
  });
}

function requireAllowedAccount(allowed: readonly string[] = [], forbidden: readonly string[] = []): void {
  const account = accountId();
  const reason =
    allowed.length > 0 && !allowed.includes(account)
      ? `aws:allowedAccountIds allows only ${allowed.join(", ")}`
      : forbidden.includes(account)
        ? "aws:forbiddenAccountIds forbids it"
        : undefined;
  if (reason === undefined) return;
  throw new Error(
    `AWS account ${account} is not allowed: ${reason}. ` +
      "It is the local cloud's account of this checkout. Correct the setting, or set LOCAL_CLOUD_ACCOUNT to an allowed account",
  );
}
