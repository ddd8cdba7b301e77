import { createPrivateKey } from "node:crypto";
import { opensshPrivateKey } from "../../tls/openssh.ts";

/**
 * Converts a private key in PKCS#8, which the real plugin accepts and this SSH library can't read.
 * Other formats are returned unchanged.
 */
export function readablePrivateKey(text: string): string {
  if (!/^-----BEGIN PRIVATE KEY-----/m.test(text)) return text;
  return opensshPrivateKey(createPrivateKey(text), "");
}
