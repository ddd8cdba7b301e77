import type { IncomingHttpHeaders } from "node:http";

/** The request body has a coding that this API doesn't decode. */
export class UnsupportedCodingError extends Error {
  override readonly name = "UnsupportedCodingError";
  readonly status: number;
  readonly code: string;
  /** Headers of the answer. */
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/**
 * Rejects an encoded body. Bodies have a few bytes and need no compression, and decompressing
 * those of strangers would cost memory and CPU.
 *
 * @throws UnsupportedCodingError with status 415 for a content coding (RFC 9110, 15.5.16), and with
 *   501 for a transfer coding other than chunked (RFC 9112, 6.1).
 */
export function requirePlainBody(headers: IncomingHttpHeaders): void {
  // Node joins repeated headers by commas. An empty element of a list means nothing (RFC 9110,
  // 5.6.1).
  if (!codings(headers["content-encoding"]).every((coding) => coding === "identity")) {
    throw new UnsupportedCodingError(
      415,
      "unsupported_content_coding",
      "the body must be sent as it is, without a Content-Encoding",
      { "accept-encoding": "identity" },
    );
  }
  if (!codings(headers["transfer-encoding"]).every((coding) => coding === "chunked")) {
    throw new UnsupportedCodingError(
      501,
      "unsupported_transfer_coding",
      "the only transfer coding that is read is chunked",
    );
  }
}

function codings(header = ""): string[] {
  return header
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "");
}
