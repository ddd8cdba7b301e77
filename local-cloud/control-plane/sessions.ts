import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Credentials that the metadata service gives an instance for its role, named as on AWS. */
export interface SessionCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  /** ISO 8601. */
  Expiration: string;
}

/** The owner of temporary credentials, and their keys. */
export interface Session {
  roleName: string;
  instanceId: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Lifetime of a session in milliseconds: six hours, as on EC2. */
const LIFETIME = 6 * 3_600_000;

/**
 * Issues temporary credentials. Nothing is stored: the session token holds its owner and its end,
 * sealed with the account's secret, and the secret access key derives from the token.
 *
 * @param secret The account's secret (Authority.secret).
 * @param now Milliseconds since 1970.
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
 * Opens a session token. Returns undefined for a token that another account issued or that has
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
