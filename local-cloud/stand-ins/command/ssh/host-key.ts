import ssh2, { type ServerHostKeyAlgorithm } from "ssh2";

/**
 * The order in which the real plugin's SSH library (golang.org/x/crypto/ssh) asks for a host key. A
 * server with several host keys shows the first match. So a `hostKey` of another type does not
 * match, as with the real plugin.
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
 * Returns a function that compares a server's key in wire format with the expected key, a line of
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
