import { createHash } from "node:crypto";
import { z } from "zod";
import { arn } from "../../engine/account.ts";
import { getRecord } from "../../engine/records.ts";
import { ApiError } from "../api-error.ts";
import { fillName, hasExplicitName, nameConflict } from "../auto-name.ts";
import { regionInput, tagsInput } from "../inputs.ts";
import { newResourceId, recordResource } from "../record-resource.ts";
import { token } from "./tokens.ts";

const publicKeyPattern = /^(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]+={0,2})(?: [^\n]*)?\s*$/;

const inputs = z.strictObject({
  keyName: z.string().min(1).max(255).optional(),
  keyNamePrefix: z.string().min(1).max(229).optional(),
  publicKey: z.string().refine(isPublicKey, {
    error: "must be an OpenSSH public key of type ssh-ed25519 or ssh-rsa: EC2 accepts no other type",
  }),
  region: regionInput,
  tags: tagsInput,
});

/** A key pair. Instances that name it accept its key for their default user. */
export const keyPair = recordResource<z.infer<typeof inputs>>({
  token: token.keyPair,
  inputs,
  replaceOn: ["keyName", "keyNamePrefix", "publicKey", "region"],
  defaults: (news, olds, context) => fillName("keyName", news, olds, context),
  check: (given) =>
    nameConflict("keyName", { keyName: given.keyName ?? null, keyNamePrefix: given.keyNamePrefix ?? null }),
  deleteBeforeReplace: (news) => hasExplicitName("keyName", news),
  // The provider uses a key pair's name as its id.
  newId: ({ keyName }) => keyName ?? "",
  outputs: (values, id) => ({
    arn: arn("ec2", `key-pair/${id}`),
    keyName: id,
    keyNamePrefix: values.keyNamePrefix ?? "",
    keyPairId: newResourceId("key"),
    keyType: values.publicKey.startsWith("ssh-rsa") ? "rsa" : "ed25519",
    fingerprint: fingerprint(values.publicKey),
  }),
  validate: async ({ keyName }, id) => {
    if (id === undefined && keyName !== undefined && (await getRecord(token.keyPair, keyName)) !== undefined) {
      throw new ApiError("InvalidKeyPair.Duplicate", `the keypair '${keyName}' already exists`);
    }
  },
});

function isPublicKey(text: string): boolean {
  const [, type, body] = publicKeyPattern.exec(text) ?? [];
  if (type === undefined || body === undefined) return false;
  const decoded = Buffer.from(body, "base64");
  return decoded.length > 4 && decoded.toString("latin1", 4, 4 + decoded.readUInt32BE(0)) === type;
}

/**
 * Returns the fingerprint that EC2 shows: for ED25519 the SHA-256 of the key in base64, for an
 * imported RSA key the MD5 of its DER form.
 */
function fingerprint(publicKey: string): string {
  const body = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  if (publicKey.startsWith("ssh-ed25519")) return createHash("sha256").update(body).digest("base64");
  return createHash("md5")
    .update(body)
    .digest("hex")
    .replaceAll(/(..)(?!$)/g, "$1:");
}
