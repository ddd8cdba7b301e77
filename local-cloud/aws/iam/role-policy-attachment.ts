import { z } from "zod";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { recordResource } from "../record-resource.ts";
import { judgeRole, nameInput } from "./inputs.ts";
import { managedPolicy, managedPolicyArns } from "./managed-policies.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  policyArn: z.string().regex(/^arn:aws:iam::(?:aws|\d{12}):policy\/.+$/, { error: "must be the ARN of a policy" }),
  role: nameInput(64),
});
type AttachmentInputs = z.infer<typeof inputs> & { tags?: undefined };

/** Attaches a policy, of the account or of AWS's own, to a role. */
export const rolePolicyAttachment = recordResource<AttachmentInputs>({
  token: token.rolePolicyAttachment,
  inputs,
  replaceOn: ["policyArn", "role"],
  newId: ({ role, policyArn }) => `${role}/${policyArn}`,
  outputs: () => ({}),
  validate: async ({ role, policyArn }) => {
    await judgeRole(role);
    if (managedPolicy(policyArn) !== undefined || (await getRecord(token.policy, policyArn)) !== undefined) return;
    throw new ApiError(
      "NoSuchEntity",
      `Policy ${policyArn} does not exist or is not attachable. Of AWS's own, the local cloud knows ${managedPolicyArns.join(", ")}.`,
    );
  },
});
