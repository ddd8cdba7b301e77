import type { Config } from "./config.ts";

/** Returns true for an encrypted value, in the form that `pulumi config set --secret` writes. */
export function isEncrypted(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

/** Returns true for an encrypted value, and for one that contains an encrypted value. */
export function holdsEncrypted(value: unknown): boolean {
  return encryptedIn(value, "").length > 0;
}

/** Returns the paths of encrypted values, as "gifticon-event:operators.cidrs[0]". */
export function encryptedPaths(config: Config): string[] {
  return Object.entries(config).flatMap(([key, value]) => encryptedIn(value, key));
}

function encryptedIn(value: unknown, path: string): string[] {
  if (isEncrypted(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => encryptedIn(item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => encryptedIn(member, `${path}.${name}`));
}

/**
 * Returns the settings without encrypted values. Each becomes the plain value of the other version,
 * because encrypting a setting changes no resource, or it is omitted. A list or map that becomes
 * empty is omitted too.
 */
export function withoutEncrypted(config: Config, other: Config): Config {
  return (plain(config, other) ?? {}) as Config;
}

function plain(value: unknown, other: unknown): unknown {
  if (isEncrypted(value)) return holdsEncrypted(other) ? undefined : other;
  if (!holdsEncrypted(value)) return value;
  if (Array.isArray(value)) {
    const kept = value
      .map((item: unknown, index) => plain(item, Array.isArray(other) ? other[index] : undefined))
      .filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  const kept = Object.entries(value as Config)
    .map(([name, member]) => [name, plain(member, isMap(other) ? other[name] : undefined)] as const)
    .filter(([, member]) => member !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isMap(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
