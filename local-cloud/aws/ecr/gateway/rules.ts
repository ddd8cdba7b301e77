/** A repository, with the settings that the gateway enforces. */
export interface RepositoryRules {
  name: string;
  /** MUTABLE, IMMUTABLE, MUTABLE_WITH_EXCLUSION or IMMUTABLE_WITH_EXCLUSION. */
  imageTagMutability: string;
  /** Patterns of the tags with the opposite mutability. * matches any characters. */
  exclusions: string[];
}

/** The target of a request to the registry's HTTP API. */
export interface RegistryRequest {
  repository: string;
  kind: "manifests" | "blobs" | "tags" | "referrers";
  /** A tag, a digest or the id of an upload. */
  reference: string;
}

/**
 * Parses the path of a request (`/v2/team/app/manifests/1.0`). Returns undefined for the root, the
 * catalog and any other path.
 */
export function parsePath(path: string): RegistryRequest | undefined {
  const match = /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/([^?]*)/.exec(path);
  if (match === null) return undefined;
  return {
    repository: match[1] ?? "",
    kind: match[2] as RegistryRequest["kind"],
    reference: match[3] ?? "",
  };
}

/**
 * Returns the digest of the layer that a request gets (`.../blobs/DIGEST`) or whose upload it
 * completes (`.../blobs/uploads/ID?digest=DIGEST`), or undefined.
 */
export function layerOf(path: string): string | undefined {
  return /\/blobs\/(?:uploads\/.*[?&]digest=)?(sha256(?::|%3A)[0-9a-f]{64})(?:&|$)/i
    .exec(path)?.[1]
    ?.replace(/%3A/i, ":");
}

/** Returns true for a tag that must not move to another image. */
export function isImmutable(repository: RepositoryRules, tag: string): boolean {
  const excluded = repository.exclusions.some((pattern) => matches(pattern, tag));
  switch (repository.imageTagMutability) {
    case "IMMUTABLE":
      return true;
    case "IMMUTABLE_WITH_EXCLUSION":
      return !excluded;
    case "MUTABLE_WITH_EXCLUSION":
      return excluded;
    default:
      return false;
  }
}

/** Returns true for a reference that is a digest. A digest always names the same content. */
export function isDigest(reference: string): boolean {
  return /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]+$/.test(reference);
}

/** Returns the body of an error of the registry's HTTP API. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

function matches(pattern: string, tag: string): boolean {
  const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${expression}$`).test(tag);
}
