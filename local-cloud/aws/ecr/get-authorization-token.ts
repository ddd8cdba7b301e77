import { z } from "zod";
import type { FunctionType } from "../../provider/resource-type.ts";
import { accountId, region } from "../../engine/account.ts";
import { regionInput } from "../inputs.ts";
import { newLogin, registryHost, uselessLogin, type Login } from "./registry.ts";
import { token } from "./tokens.ts";

const inputs = z.strictObject({
  region: regionInput,
  registryId: z
    .string()
    .refine((id) => id === accountId(), { error: () => `must be this account: ${accountId()}` })
    .optional(),
});

/**
 * A login to the account's registry. It needs no registry yet: a program may ask before it declares a repository. A preview gets one
 * that no registry takes: the key that seals logins is the account's, and would be made for it.
 */
export const getAuthorizationToken: FunctionType<z.infer<typeof inputs>> = {
  token: token.getAuthorizationToken,
  inputs,
  secretOutputs: ["authorizationToken", "password"],
  invoke: async (_inputs, { preview }) => loginOutputs(preview ? uselessLogin() : await newLogin()),
};

/** What the function says of a login. */
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
