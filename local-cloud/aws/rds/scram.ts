import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/**
 * Returns the verifier that PostgreSQL stores for a password (RFC 5802, RFC 7677, and "pg_authid"
 * in its manual). SQL that sets a role's password to the verifier keeps the password itself out of
 * the server's log.
 *
 * @param salt 16 random bytes. Only a test passes others.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const iterations = 4_096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
