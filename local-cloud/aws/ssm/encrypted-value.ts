import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/**
 * Encrypts a parameter's value for its record, whose labels everybody can read who can use the
 * Docker engine. The cipher is AES-256-GCM. It authenticates the parameter's name too, so that a
 * value can't be moved to another parameter.
 *
 * @param secret the account's own (Authority.secret).
 */
export function encryptValue(secret: Buffer, name: string, value: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret), nonce).setAAD(Buffer.from(name));
  const encrypted = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString("base64");
}

/**
 * Decrypts a value of `encryptValue`.
 *
 * @throws Error when the value was changed, or encrypted for another account or parameter.
 */
export function decryptValue(secret: Buffer, name: string, encrypted: string): string {
  const bytes = Buffer.from(encrypted, "base64");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

function keyOf(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "ssm parameter", 32));
}
