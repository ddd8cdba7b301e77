/** A repository as the gateway needs it. */
export interface RepositoryRules {
  name: string;
  /** MUTABLE, IMMUTABLE, or one of these _WITH_EXCLUSION. */
  imageTagMutability: string;
  /** Patterns, with * for any characters, of the tags for which the opposite holds. */
  exclusions: string[];
}

/** What a request of the registry's HTTP API is about. */
export interface RegistryRequest {
  repository: string;
  kind: "manifests" | "blobs" | "tags" | "referrers";
  /** A tag, a digest, or an upload. */
  reference: string;
}

/** Reads the path of a request (`/v2/team/app/manifests/1.0`); undefined for the root, the catalog and anything else. */
export function parsePath(path: string): RegistryRequest | undefined {
  const match = /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/([^?]*)/.exec(path);
  if (match === null) return undefined;
  return {
    repository: match[1] ?? "",
    kind: match[2] as RegistryRequest["kind"],
    reference: match[3] ?? "",
  };
}

/** The layer that a request asks for (`.../blobs/DIGEST`) or completes the upload of (`.../blobs/uploads/ID?digest=DIGEST`). */
export function layerOf(path: string): string | undefined {
  return /\/blobs\/(?:uploads\/.*[?&]digest=)?(sha256(?::|%3A)[0-9a-f]{64})(?:&|$)/i
    .exec(path)?.[1]
    ?.replace(/%3A/i, ":");
}

/** Whether a tag, once pushed, may not be given to another image. */
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

/** Whether a manifest's reference is a digest, which names one content for ever. */
export function isDigest(reference: string): boolean {
  return /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]+$/.test(reference);
}

/** The body of an error as the registry's HTTP API has it. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

function matches(pattern: string, tag: string): boolean {
  const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${expression}$`).test(tag);
}
