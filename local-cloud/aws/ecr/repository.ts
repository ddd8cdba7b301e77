import { Mutex } from "async-mutex";
import { z } from "zod";
import type { BrokenRule, ResourceType } from "../../provider/resource-type.ts";
import { accountId, arn } from "../../engine/account.ts";
import { collectGarbage } from "../../engine/base.ts";
import { deleteRecord, getRecord, listRecords, type LocalRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName } from "../auto-name.ts";
import { regionInput, tagsInput } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import {
  ensureRegistry,
  hasImages,
  registryHost,
  removeImages,
  removeRegistry,
  updateRepositories,
} from "./registry.ts";
import { token } from "./tokens.ts";

const mutabilities = ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"] as const;

const inputs = z.strictObject({
  encryptionConfigurations: z
    .array(
      z.strictObject({
        encryptionType: z.enum(["AES256", "KMS", "KMS_DSSE"]).default("AES256"),
        kmsKey: z.string().optional(),
      }),
    )
    .max(1)
    .optional(),
  forceDelete: z.boolean().optional(),
  imageScanningConfiguration: z.strictObject({ scanOnPush: z.boolean() }).optional(),
  imageTagMutability: z.enum(mutabilities).default("MUTABLE"),
  imageTagMutabilityExclusionFilters: z
    .array(
      z.strictObject({
        filter: z.string().regex(/^[0-9A-Za-z._*-]{1,128}$/, { error: "only letters, digits and . _ * - are allowed" }),
        filterType: z.literal("WILDCARD"),
      }),
    )
    .max(5)
    .optional(),
  name: z
    .string()
    .min(2, { error: "must have 2 to 256 characters" })
    .max(256, { error: "must have 2 to 256 characters" })
    .regex(/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/, {
      error:
        "must begin with a letter and hold only lower-case letters, digits, single hyphens, underscores, periods and slashes",
    })
    .optional(),
  region: regionInput,
  tags: tagsInput,
});
type RepositoryInputs = z.infer<typeof inputs>;

/**
 * Serializes changes: the registry is created with the first repository and removed with the last.
 */
const lock = new Mutex();

const records = recordResource<RepositoryInputs>({
  token: token.repository,
  inputs,
  defaults: (news, olds, context) => fillName("name", news, olds, context),
  check: checkExclusions,
  replaceOn: ["encryptionConfigurations", "name", "region"],
  deleteBeforeReplace: (news) => hasExplicitName("name", news),
  newId: ({ name }) => name ?? "",
  outputs: (_values, id) => ({
    arn: arn("ecr", `repository/${id}`),
    name: id,
    registryId: accountId(),
    repositoryUrl: `${registryHost()}/${id}`,
  }),
  validate: async ({ name }, id) => {
    if (id === undefined && (await getRecord(token.repository, name ?? "")) !== undefined) {
      throw new ApiError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name ?? ""}' already exists in the registry with id '${accountId()}'`,
      );
    }
  },
  apply: (change, id) => lock.runExclusive(() => (change === "create" ? addToRegistry(id) : updateRepositories())),
});

/**
 * Adds a new repository to the registry. Removes the registry when that fails for the first
 * repository.
 */
async function addToRegistry(id: string): Promise<void> {
  try {
    await ensureRegistry();
  } catch (error) {
    if ((await otherRepositories(id)).length === 0) await removeRegistry();
    throw error;
  }
}

async function otherRepositories(id: string): Promise<LocalRecord[]> {
  return (await listRecords(token.repository)).filter((other) => other.id !== id);
}

/**
 * A repository of the account's registry. The machine pushes images to it, and instances pull them.
 */
export const repository: ResourceType<RepositoryInputs> = {
  ...records,
  async read(id, state) {
    const found = await records.read(id, state);
    // Restarts or recreates a registry that was stopped or removed outside Pulumi, as a managed one
    // would recover.
    if (found !== undefined) await lock.runExclusive(ensureRegistry);
    return found;
  },
  async delete(id) {
    await lock.runExclusive(async () => {
      const record = await getRecord(token.repository, id);
      if (record !== undefined && record.properties["forceDelete"] !== true && (await hasImages(id))) {
        throw new ApiError(
          "RepositoryNotEmptyException",
          `The repository with name '${id}' in registry with id '${accountId()}' cannot be deleted because it still contains images: ` +
            "set forceDelete: true, run an update, then delete",
        );
      }
      const others = await otherRepositories(id);
      if (others.length > 0) await removeImages(id);
      else await removeRegistry();
      await deleteRecord(token.repository, id);
      if (others.length > 0) await updateRepositories();
    });
    await collectGarbage();
  },
};

function checkExclusions(given: Partial<RepositoryInputs>): BrokenRule[] {
  const withExclusion = given.imageTagMutability?.endsWith("_WITH_EXCLUSION") ?? false;
  const filters = given.imageTagMutabilityExclusionFilters ?? [];
  if (withExclusion === filters.length > 0) return [];
  return [
    {
      property: "imageTagMutabilityExclusionFilters",
      reason:
        "is given with imageTagMutability IMMUTABLE_WITH_EXCLUSION or MUTABLE_WITH_EXCLUSION, and only with these",
      alsoReads: ["imageTagMutability"],
    },
  ];
}
