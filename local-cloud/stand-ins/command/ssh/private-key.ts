import { createPrivateKey } from "node:crypto";
import { opensshPrivateKey } from "../../tls/openssh.ts";

/**
 * A private key in a format that the SSH library reads: it knows all the usual ones but PKCS#8,
 * which the real plugin takes.
 */
export function readablePrivateKey(text: string): string {
  if (!/^-----BEGIN PRIVATE KEY-----/m.test(text)) return text;
  return opensshPrivateKey(createPrivateKey(text), "");
}
