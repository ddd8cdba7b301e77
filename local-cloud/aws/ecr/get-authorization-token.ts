import { z } from "zod";
import type { FunctionType } from "../../provider/resource-type.ts";
import { accountId, region } from "../../engine/account.ts";
import { regionInput } from "../inputs.ts";
import { newLogin, placeholderLogin, registryHost, type Login } from "./registry.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  region: regionInput,
  registryId: z
    .string()
    .refine((id) => id === accountId(), { error: () => `must be this account: ${accountId()}` })
    .optional(),
});

/**
 * The function that returns a login to the account's registry. The registry need not exist yet: a
 * program may ask before it declares a repository. A preview gets a placeholder that no registry
 * accepts: a valid one needs the account's key, and a preview creates nothing.
 */
export const getAuthorizationToken: FunctionType<z.infer<typeof inputs>> = {
  token: token.getAuthorizationToken,
  inputs,
  secretOutputs: ["authorizationToken", "password"],
  invoke: async (_inputs, { preview }) => loginOutputs(preview ? placeholderLogin() : await newLogin()),
};

/** Returns the function's result for a login. */
export function loginOutputs({ password, expires }: Login): Record<string, string> {
  return {
    authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
    expiresAt: new Date(expires).toISOString(),
    id: region(),
    password,
    proxyEndpoint: `https://${registryHost()}`,
    region: region(),
    registryId: accountId(),
    userName: "AWS",
  };
}
