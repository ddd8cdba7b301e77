import { createHmac, timingSafeEqual } from "node:crypto";

/** Lifetime of a login in milliseconds: twelve hours, as on ECR. */
export const loginLifetime = 12 * 3_600_000;

/**
 * Returns the key that signs an account's logins. It is derived from the account's secret, so that
 * the registry does not need the secret itself.
 */
export function loginKey(secret: Buffer): Buffer {
  return createHmac("sha256", secret).update("registry login").digest();
}

/**
 * Returns a password for the user AWS: its expiry time and the signature of that time.
 *
 * @param expires Unix time in milliseconds.
 */
export function newPassword(key: Buffer, expires: number): string {
  return `${expires.toString(36)}.${sign(key, expires)}`;
}

/**
 * Returns true for an `Authorization` header of the user AWS with a password of this account that
 * has not expired.
 *
 * @param now Unix time in milliseconds.
 */
export function loginIsValid(header: string | undefined, key: Buffer, now: number): boolean {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  const match = /^AWS:([0-9a-z]+)\.([A-Za-z0-9_-]+)$/.exec(Buffer.from(encoded ?? "", "base64").toString());
  if (match === null) return false;
  const expires = Number.parseInt(match[1] ?? "", 36);
  const expected = Buffer.from(sign(key, expires));
  const given = Buffer.from(match[2] ?? "");
  return expires > now && expected.length === given.length && timingSafeEqual(expected, given);
}

function sign(key: Buffer, expires: number): string {
  return createHmac("sha256", key).update(String(expires)).digest("base64url");
}
