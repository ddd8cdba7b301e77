import { createHash, createPublicKey } from "node:crypto";
import type { Value } from "../provider/resource-type.ts";
import { authorizedKey, sshPublicKey } from "../stand-ins/tls/openssh.ts";

/**
 * Prefix of every synthetic secret, by which a report can mask it. No such secret opens anything.
 */
export const SYNTHETIC_SECRET = "papersecret";

/** Matches each synthetic secret in a text. */
export const syntheticSecretPattern = /papersecret[0-9a-f]{21}/g;

/** Returns 64 hexadecimal digits that depend only on a resource's URN and inputs. */
export function seedOf(urn: string, inputs: Value): string {
  return createHash("sha256")
    .update(urn)
    .update(JSON.stringify(sorted(inputs)))
    .digest("hex");
}

/** Returns a synthetic secret: 32 letters and digits, which passwords may have. */
export function secret(seed: string): string {
  return SYNTHETIC_SECRET + seed.slice(0, 21);
}

/** Returns a private IPv4 address. */
export function privateAddress(seed: string): string {
  return ["10", ...octets(seed)].join(".");
}

/** Returns an address of the range that RFC 2544 reserves for benchmarks. */
export function publicAddress(seed: string): string {
  const [a = 0, b = 0, c = 0] = octets(seed);
  return ["198", String(18 + (Number(a) % 2)), b, c].join(".");
}

/** Returns a line of an authorized_keys file. Nobody has the private half of its key. */
export function publicKey(seed: string): string {
  // Any 32 bytes have the form of an Ed25519 public key. The hexadecimal text is the header of its
  // SPKI encoding.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(seed, "hex")]);
  const wire = sshPublicKey(createPublicKey({ key: der, format: "der", type: "spki" }));
  if (wire === undefined) throw new Error("an Ed25519 key has a form for SSH");
  return authorizedKey(wire);
}

function octets(seed: string): string[] {
  return [0, 2, 4].map((at) => String(Number.parseInt(seed.slice(at, at + 2), 16)));
}

/** Sorts the members of objects, so that equal values have the same JSON. */
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
