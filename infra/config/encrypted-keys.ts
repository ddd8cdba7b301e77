/** Reports if the stack's file has a setting encrypted, as the language host tells. */
export function isEncryptedKey(key: string): boolean {
  const keys: unknown = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
  return Array.isArray(keys) && keys.includes(key);
}
