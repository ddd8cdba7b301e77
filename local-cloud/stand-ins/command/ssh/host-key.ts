import ssh2, { type ServerHostKeyAlgorithm } from "ssh2";

/**
 * The order in which the real plugin's SSH library (golang.org/x/crypto/ssh) asks for a host key. A
 * server with several host keys shows the first of them, so that a `hostKey` of another type does
 * not match, here as there.
 */
export const HOST_KEY_ALGORITHMS: ServerHostKeyAlgorithm[] = [
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-256",
  "rsa-sha2-512",
  "ssh-rsa",
  "ssh-ed25519",
];

/**
 * Tells whether a server's key, as it is on the wire, is the expected one, a line as in
 * authorized_keys.
 */
export function hostKeyVerifier(expected: string): (presented: Buffer) => boolean {
  const parsed = ssh2.utils.parseKey(expected.trim());
  if (parsed instanceof Error) {
    throw new Error(`hostKey is not a public key as in authorized_keys ("ssh-ed25519 AAAA..."): ${parsed.message}`);
  }
  const wanted = parsed.getPublicSSH();
  return (presented) => presented.equals(wanted);
}
