import { createHash, randomBytes, type KeyObject } from "node:crypto";

/** The curves of SSH, by OpenSSL's name. */
const CURVES = new Map([
  ["prime256v1", "nistp256"],
  ["secp384r1", "nistp384"],
  ["secp521r1", "nistp521"],
]);

/** A key's numbers as in a JSON Web Key (RFC 7517): base64url text by name. */
type Numbers = Record<string, string | undefined>;

/**
 * Returns the public half of a key in SSH's wire format (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4).
 * Returns undefined for the curve P-224, which SSH does not have.
 */
export function sshPublicKey(key: KeyObject): Buffer | undefined {
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return Buffer.concat([text("ssh-ed25519"), field(bytes(numbersOf(key), "x"))]);
    case "rsa": {
      const numbers = numbersOf(key);
      return Buffer.concat([text("ssh-rsa"), integer(bytes(numbers, "e")), integer(bytes(numbers, "n"))]);
    }
    case "ec": {
      const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? "");
      if (curve === undefined) return undefined;
      const numbers = numbersOf(key);
      const point = Buffer.concat([Buffer.of(4), bytes(numbers, "x"), bytes(numbers, "y")]);
      return Buffer.concat([text(`ecdsa-sha2-${curve}`), text(curve), field(point)]);
    }
    default:
      throw new Error(`a key of type ${String(key.asymmetricKeyType)} has no SSH format`);
  }
}

/** Returns a line of authorized_keys, with its line break, for a key from `sshPublicKey`. */
export function authorizedKey(publicKey: Buffer): string {
  const nameLength = publicKey.readUInt32BE(0);
  return `${publicKey.toString("utf8", 4, 4 + nameLength)} ${publicKey.toString("base64")}\n`;
}

/** Returns `SHA256:` and base64 without padding, as ssh-keygen does. */
export function fingerprintSha256(publicKey: Buffer): string {
  return `SHA256:${createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "")}`;
}

/** Returns pairs of hexadecimal digits with colons, as older versions of ssh-keygen do. */
export function fingerprintMd5(publicKey: Buffer): string {
  return createHash("md5")
    .update(publicKey)
    .digest("hex")
    .replaceAll(/(..)(?=.)/g, "$1:");
}

/**
 * Returns a private key in OpenSSH's own format, not encrypted.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function opensshPrivateKey(key: KeyObject, comment: string): string {
  const publicKey = sshPublicKey(key);
  if (publicKey === undefined) throw new Error("a key on the curve P-224 has no OpenSSH format");
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, ...privateFields(key, publicKey), text(comment)]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    text("none"), // cipher
    text("none"), // key derivation
    field(Buffer.alloc(0)),
    Buffer.of(0, 0, 0, 1), // number of keys
    field(publicKey),
    field(padded(secret, 8)),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function privateFields(key: KeyObject, publicKey: Buffer): Buffer[] {
  const numbers = numbersOf(key);
  if (key.asymmetricKeyType === "ed25519") {
    const [seed, point] = [bytes(numbers, "d"), bytes(numbers, "x")];
    return [publicKey, field(Buffer.concat([seed, point]))];
  }
  if (key.asymmetricKeyType === "ec") return [publicKey, integer(bytes(numbers, "d"))];
  const parts = ["n", "e", "d", "qi", "p", "q"].map((name) => integer(bytes(numbers, name)));
  return [text("ssh-rsa"), ...parts];
}

function numbersOf(key: KeyObject): Numbers {
  return key.export({ format: "jwk" }) as Numbers;
}

function bytes(numbers: Numbers, name: string): Buffer {
  const value = numbers[name];
  if (value === undefined) throw new Error(`the key has no ${name}: is it a private key?`);
  return Buffer.from(value, "base64url");
}

/** Returns SSH's `string`: bytes after their length. */
function field(value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}

function text(value: string): Buffer {
  return field(Buffer.from(value));
}

/**
 * Returns SSH's `mpint` of a number that is not negative. It has no leading zero bytes, except one
 * if the first bit would be a sign.
 */
function integer(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : value.subarray(first);
  return field((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** Pads bytes to whole blocks with 1, 2, 3 ... */
function padded(value: Buffer, block: number): Buffer {
  const missing = (block - (value.length % block)) % block;
  return Buffer.concat([value, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
