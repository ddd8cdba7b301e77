import { z } from "zod";
import { parseJsonExactly } from "./json.ts";

/** Maximum user id: the record's value is a signed 8-byte integer. */
export const MAX_USER_ID = 2n ** 63n - 1n;

/** Long enough for any UUID or hash, short enough to keep headers and logs small. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** A request inside the services, from any source. */
export interface GifticonRequest {
  /** Lower-case UUID. */
  requestId: string;
  /** 1 to 2^63 - 1. */
  userId: bigint;
  /** Time when the API received it, in milliseconds since 1970. */
  requestedAt: number;
}

/**
 * A client's input is invalid. `field` names the place, and the message says which values are
 * allowed.
 */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
  readonly code = "INVALID_REQUEST";
  readonly statusCode = 400;
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

const USER_ID_RULE = `must be an integer from 1 to ${MAX_USER_ID.toString()}, written as plain digits`;

const requestBody = z.strictObject(
  { userId: z.bigint(USER_ID_RULE).min(1n, USER_ID_RULE).max(MAX_USER_ID, USER_ID_RULE) },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? "is not a known field; allowed: userId"
        : 'must be an object like {"userId": 1}',
  },
);

/**
 * Matches the usual form of the body. Parsing it takes a sixth of the time of JSON and the schema,
 * which parse all other bodies.
 */
const USUAL_BODY = /^[ \t\r\n]*\{[ \t\r\n]*"userId"[ \t\r\n]*:[ \t\r\n]*([1-9]\d{0,17})[ \t\r\n]*\}[ \t\r\n]*$/;

/**
 * Reads the body of `POST /gifticons`.
 *
 * @returns the user id, exact up to 2^63 - 1.
 * @throws InvalidRequestError that names the field (`body` when the text isn't a JSON object).
 */
export function parseRequestBody(text: string): { userId: bigint } {
  const digits = USUAL_BODY.exec(text)?.[1];
  if (digits !== undefined) return { userId: BigInt(digits) };

  let json: unknown;
  try {
    json = parseJsonExactly(text);
  } catch {
    throw new InvalidRequestError("body", 'must be JSON like {"userId": 1}');
  }
  const result = requestBody.safeParse(json);
  if (result.success) return result.data;

  const [issue] = result.error.issues;
  const field = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
  throw new InvalidRequestError(field === undefined || field === "" ? "body" : field, issue?.message ?? "is not valid");
}

/**
 * Reads the `Idempotency-Key` header.
 *
 * @throws InvalidRequestError unless it is absent or 1 to 255 visible ASCII characters.
 */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && IDEMPOTENCY_KEY.test(header)) return header;
  throw new InvalidRequestError("Idempotency-Key", "must be 1 to 255 visible ASCII characters");
}
