import { createHash, createPublicKey } from "node:crypto";
import type { Value } from "../provider/resource-type.ts";
import { authorizedKey, sshPublicKey } from "../stand-ins/tls/openssh.ts";

/**
 * What every secret on paper begins with, so that whoever prints one can tell: none of them opens
 * anything.
 */
export const PAPER_SECRET = "papersecret";

/** A secret on paper, wherever it stands in a text. */
export const paperSecretPattern = /papersecret[0-9a-f]{21}/g;

/** 64 hexadecimal digits that follow from a resource: its URN and what it is made of. */
export function markOf(urn: string, inputs: Value): string {
  return createHash("sha256")
    .update(urn)
    .update(JSON.stringify(sorted(inputs)))
    .digest("hex");
}

/** A text that stands for a secret: 32 letters and digits, as passwords may have. */
export function secret(mark: string): string {
  return PAPER_SECRET + mark.slice(0, 21);
}

/** A private IPv4 address. */
export function privateAddress(mark: string): string {
  return ["10", ...octets(mark)].join(".");
}

/** An address of the range that RFC 2544 keeps for tests, which is nobody's. */
export function publicAddress(mark: string): string {
  const [a = 0, b = 0, c = 0] = octets(mark);
  return ["198", String(18 + (Number(a) % 2)), b, c].join(".");
}

/** A public key of SSH in the form of an authorized_keys file; nobody has its private half. */
export function publicKey(mark: string): string {
  // Any 32 bytes are a public key of Ed25519 in form; this is the header of its SPKI encoding
  // before them.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(mark, "hex")]);
  const wire = sshPublicKey(createPublicKey({ key: der, format: "der", type: "spki" }));
  if (wire === undefined) throw new Error("an Ed25519 key has a form for SSH");
  return authorizedKey(wire);
}

function octets(mark: string): string[] {
  return [0, 2, 4].map((at) => String(Number.parseInt(mark.slice(at, at + 2), 16)));
}

/** The value with the members of its objects in order, so that equal values have one text. */
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
