import { createHmac, timingSafeEqual } from "node:crypto";

/** How long a login lasts, in milliseconds: twelve hours, as on ECR. */
export const loginLifetime = 12 * 3_600_000;

/** The key that seals an account's logins, derived from its secret so that the registry needs to know this one only. */
export function loginKey(secret: Buffer): Buffer {
  return createHmac("sha256", secret).update("registry login").digest();
}

/** A password for the user AWS that is good until `expires` (milliseconds): the time, sealed. */
export function newPassword(key: Buffer, expires: number): string {
  return `${expires.toString(36)}.${seal(key, expires)}`;
}

/** Whether an `Authorization` header is the user AWS with a password of this account that has not expired. */
export function loginIsValid(header: string | undefined, key: Buffer, now: number): boolean {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  const match = /^AWS:([0-9a-z]+)\.([A-Za-z0-9_-]+)$/.exec(Buffer.from(encoded ?? "", "base64").toString());
  if (match === null) return false;
  const expires = Number.parseInt(match[1] ?? "", 36);
  const expected = Buffer.from(seal(key, expires));
  const given = Buffer.from(match[2] ?? "");
  return expires > now && expected.length === given.length && timingSafeEqual(expected, given);
}

function seal(key: Buffer, expires: number): string {
  return createHmac("sha256", key).update(String(expires)).digest("base64url");
}
