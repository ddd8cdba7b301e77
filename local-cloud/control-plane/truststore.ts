import type { Authority } from "../engine/ca.ts";
import type { ApiHandler } from "./api.ts";

/**
 * Serves the bundle of RDS's CAs, by which clients verify databases. Here it is the account's own
 * CA. Everybody may read it.
 */
export function truststore(authority: () => Promise<Pick<Authority, "certificate">>): ApiHandler {
  return async ({ method, path }) => {
    if (method !== "GET" && method !== "HEAD") return { status: 405 };
    if (!/^\/(?:global\/global|[a-z0-9-]+\/[a-z0-9-]+)-bundle\.pem$/.test(path)) return { status: 404 };
    const { certificate } = await authority();
    return { status: 200, headers: { "content-type": "application/x-pem-file" }, body: certificate };
  };
}
