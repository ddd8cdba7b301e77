import { z } from "zod";
import { accountId } from "../engine/account.ts";
import type { FunctionType } from "../provider/resource-type.ts";

const inputs = z.strictObject({ id: z.string().optional() });

/**
 * The function that returns the caller. That is the account's root, because whoever reaches the
 * machine's Docker engine may do everything.
 */
export const getCallerIdentity: FunctionType<z.infer<typeof inputs>> = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  inputs,
  invoke: () =>
    Promise.resolve({
      id: accountId(),
      accountId: accountId(),
      arn: `arn:aws:iam::${accountId()}:root`,
      userId: accountId(),
    }),
};
