import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What the metadata service gives an instance for its role, in the members that it has on AWS. */
export interface SessionCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  /** ISO 8601. */
  Expiration: string;
}

/** Whose credentials they are. */
export interface Session {
  roleName: string;
  instanceId: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Six hours, as on EC2. */
const LIFETIME = 6 * 3_600_000;

/**
 * Makes temporary credentials. They need no memory: the session token holds whose they are and
 * until when, sealed with the account's secret, and the secret access key derives from the token.
 *
 * @param secret the account's own (Authority.secret).
 * @param now milliseconds.
 */
export function issueSession(
  secret: Buffer,
  { roleName, instanceId }: { roleName: string; instanceId: string },
  now: number,
): SessionCredentials {
  const accessKeyId = `ASIA${randomBytes(10).toString("hex").toUpperCase().slice(0, 16)}`;
  const expires = now + LIFETIME;
  const claims = Buffer.from(JSON.stringify({ roleName, instanceId, accessKeyId, expires })).toString("base64url");
  const token = `${claims}.${seal(secret, "token", claims)}`;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: seal(secret, "key", token),
    Token: token,
    Expiration: new Date(expires).toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/**
 * Opens a session token: whose it is, or undefined when it wasn't issued by this account or has
 * expired.
 */
export function openSession(secret: Buffer, token: string, now: number): Session | undefined {
  const [claims = "", given = ""] = token.split(".");
  const expected = Buffer.from(seal(secret, "token", claims));
  const offered = Buffer.from(given);
  if (expected.length !== offered.length || !timingSafeEqual(expected, offered)) return undefined;
  const { roleName, instanceId, accessKeyId, expires } = JSON.parse(
    Buffer.from(claims, "base64url").toString(),
  ) as Session & { expires: number };
  if (expires <= now) return undefined;
  return { roleName, instanceId, accessKeyId, secretAccessKey: seal(secret, "key", token) };
}

function seal(secret: Buffer, purpose: string, text: string): string {
  return createHmac("sha256", secret).update(`${purpose}\n${text}`).digest("base64url");
}
