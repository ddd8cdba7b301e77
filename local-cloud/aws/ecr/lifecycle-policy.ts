import { z } from "zod";
import { accountId } from "../../engine/account.ts";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { regionInput, validatedBy } from "../inputs.ts";
import { recordResource } from "../record-resource.ts";
import { lifecyclePolicyFault } from "./lifecycle-policy-text.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  policy: z.string().superRefine(validatedBy(lifecyclePolicyFault)),
  region: regionInput,
  repository: z.string(),
});
type LifecyclePolicyInputs = z.infer<typeof inputs> & { tags?: undefined };

/** A repository's lifecycle policy. It is checked and stored, but no image expires. */
export const lifecyclePolicy = recordResource<LifecyclePolicyInputs>({
  token: token.lifecyclePolicy,
  inputs,
  defaults: (news) =>
    typeof news["policy"] === "object" && news["policy"] !== null
      ? { ...news, policy: JSON.stringify(news["policy"]) }
      : news,
  replaceOn: ["policy", "region", "repository"],
  deleteBeforeReplace: () => true,
  newId: ({ repository }) => repository,
  outputs: () => ({ registryId: accountId() }),
  validate: async ({ repository }) => {
    if ((await getRecord(token.repository, repository)) !== undefined) return;
    throw new ApiError(
      "RepositoryNotFoundException",
      `The repository with name '${repository}' does not exist in the registry with id '${accountId()}'`,
    );
  },
});
