import { z } from "zod";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { recordResource } from "../record-resource.ts";
import { requireRole, nameInput } from "./inputs.ts";
import { managedPolicy, managedPolicyArns } from "./managed-policies.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  policyArn: z.string().regex(/^arn:aws:iam::(?:aws|\d{12}):policy\/.+$/, { error: "must be the ARN of a policy" }),
  role: nameInput(64),
});
type AttachmentInputs = z.infer<typeof inputs> & { tags?: undefined };

/** The attachment of a managed policy, the account's or AWS's, to a role. */
export const rolePolicyAttachment = recordResource<AttachmentInputs>({
  token: token.rolePolicyAttachment,
  inputs,
  replaceOn: ["policyArn", "role"],
  newId: ({ role, policyArn }) => `${role}/${policyArn}`,
  outputs: () => ({}),
  validate: async ({ role, policyArn }) => {
    await requireRole(role);
    if (managedPolicy(policyArn) !== undefined || (await getRecord(token.policy, policyArn)) !== undefined) return;
    throw new ApiError(
      "NoSuchEntity",
      `Policy ${policyArn} does not exist or is not attachable. The local cloud knows these AWS managed policies: ${managedPolicyArns.join(", ")}.`,
    );
  },
});
