import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * AWS Signature Version 4 of the `Authorization` header, as published in "Create a signed AWS API
 * request" of the IAM user guide: a canonical request, its hash in a string to sign, and an HMAC
 * key derived from date, region and service.
 */

/**
 * The signed parts of a request. Header names are in lower case; the values of a repeated header
 * are joined by commas.
 */
export interface SignedRequest {
  method: string;
  /** Path and query as on the request line. */
  url: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

/** The parts of an `Authorization: AWS4-HMAC-SHA256 ...` header. */
export interface Authorization {
  accessKeyId: string;
  /** yyyymmdd */
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  /** 64 hexadecimal digits. */
  signature: string;
}

/** Parses the header. Returns undefined for a missing one or another scheme. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  const match = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(header ?? "");
  if (match === null) return undefined;
  const fields = new Map((match[1] ?? "").split(",").map((part) => splitOnce(part.trim(), "=")));
  const [accessKeyId, date, region, service, terminator] = (fields.get("Credential") ?? "").split("/");
  const signedHeaders = fields.get("SignedHeaders");
  const signature = fields.get("Signature");
  if (!accessKeyId || !date || !region || !service || terminator !== "aws4_request") return undefined;
  if (!signedHeaders || !signature) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(";"), signature };
}

/** Returns the signature that the holder of `secretAccessKey` would give this request. */
export function sign(
  request: SignedRequest,
  authorization: Omit<Authorization, "signature">,
  secretAccessKey: string,
): string {
  const { date, region, service } = authorization;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = canonicalRequest(request, authorization.signedHeaders);
  const stringToSign = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"] ?? "", scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return hmac(key, stringToSign).toString("hex");
}

/** Compares the header's signature with the right one, in constant time. */
export function signatureMatches(
  request: SignedRequest,
  authorization: Authorization,
  secretAccessKey: string,
): boolean {
  const expected = Buffer.from(sign(request, authorization, secretAccessKey));
  const given = Buffer.from(authorization.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/**
 * Returns the age of the request in milliseconds, by its `x-amz-date` (20150830T123600Z). Returns
 * undefined when that is missing or not a date.
 */
export function requestAge(request: SignedRequest, now: number): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers["x-amz-date"] ?? "");
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return now - Date.UTC(year, month - 1, day, hour, minute, second);
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path, query] = splitOnce(request.url, "?");
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`);
  const payload = sha256(request.body);
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers.join(""),
    signedHeaders.join(";"),
    payload,
  ].join("\n");
}

/**
 * Encodes each segment of the path once more than on the request line. (Only S3 signs the path as
 * it was sent.)
 */
function canonicalPath(path: string): string {
  return path.split("/").map(encode).join("/") || "/";
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((parameter) => splitOnce(parameter, "=").map((part) => encode(decodeURIComponent(part))) as [string, string])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Encodes everything except A-Z a-z 0-9 - . _ ~ as %XX. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
