import fc from "fast-check";

/** A request that no real client writes. */
export interface HostileRequest {
  method: string;
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  framing: "length" | "chunked";
}

const latin1 = (constraints: fc.StringConstraints) =>
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), ...constraints });
const line = latin1({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ""));
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constant("POST") },
  fc.constantFrom("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY", "post"),
  token,
);

const path = fc.oneof(
  { weight: 4, arbitrary: fc.constant("/gifticons") },
  fc.constantFrom("/", "*", "//", "/gifticons/", "/gifticons/%", "/%2e%2e/%2e%2e/etc/passwd", "/gifticons?userId=1"),
  fc.constantFrom("/healthz", "/readyz", "/metrics", "/stats", "/openapi.json", "/__proto__", "http://a/gifticons"),
  fc.uuid().map((id) => `/gifticons/${id}`),
  line.map((text) => `/gifticons/${text}`),
  line.map((text) => `/${text}`),
  fc.integer({ min: 1, max: 20_000 }).map((length) => `/gifticons/${"a".repeat(length)}`),
);

const header = fc.tuple(
  fc.oneof(
    fc.constantFrom("Content-Type", "Idempotency-Key", "Accept-Encoding", "Connection", "Host", "Origin", "Cookie"),
    fc.constantFrom("Expect", "Upgrade", "Range", "If-None-Match", "X-Forwarded-For", "X-HTTP-Method-Override"),
    fc.constantFrom("Content-Length", "Transfer-Encoding", "Content-Encoding", "Trailer", "TE", "__proto__"),
    token,
    line,
  ),
  fc.oneof(
    fc.constantFrom("", "application/json", "application/json; charset=utf-16", "text/plain", "100-continue", "close"),
    fc.constantFrom("chunked", "gzip", "websocket", "0", "-1", "1e9", "${jndi:ldap://a}", "' or 1=1; --"),
    line,
    fc.integer({ min: 1, max: 20_000 }).map((length) => "h".repeat(length)),
  ),
);

const body = fc.oneof(
  fc.nat().map((userId) => `{"userId": ${userId}}`),
  fc.bigInt().map((userId) => `{"userId": ${userId}}`),
  fc.json({ maxDepth: 4 }),
  fc.json().map((json) => `{"userId": ${json}}`),
  fc.constantFrom("", "null", "{}", '{"userId": 1, "userId": 2}', '{"__proto__": {"userId": 1}}', '{"userId": 1e400}'),
  fc.constantFrom(
    '{"userId": 1.0}',
    '{"userId": "1"}',
    "\ufeff{}",
    '{"userId": 1',
    '{"constructor": {"prototype": {}}}',
  ),
  fc.integer({ min: 1, max: 5_000 }).map((depth) => "[".repeat(depth)),
  fc.integer({ min: 1, max: 5_000 }).map((digits) => `{"userId": ${"9".repeat(digits)}}`),
  latin1({ maxLength: 200 }),
);

/** Generates requests that are wrong in one or several parts. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.record({
  method,
  path,
  headers: fc.array(header, { maxLength: 6 }),
  body: fc.oneof(body, fc.constant('{"userId": 1}')),
  framing: fc.constantFrom("length", "chunked"),
});

/**
 * Reports whether a request's lines may contradict its framing, so that a server may wait for more.
 */
export function isEndInDoubt({ headers }: HostileRequest): boolean {
  return headers.some(([name]) => /content-length|transfer-encoding/i.test(name));
}

/** Returns the request's bytes as latin1. */
export function bytesOf({ method, path, headers, body, framing }: HostileRequest): string {
  const bytes = Buffer.from(body, "utf8").toString("latin1");
  const known = headers.some(([name]) => /^content-type$/i.test(name)) ? [] : ["Content-Type: application/json"];
  const lines = [...known, "Connection: close", ...headers.map(([name, value]) => `${name}: ${value}`)];
  const [frame, content] =
    framing === "length"
      ? [`Content-Length: ${bytes.length}`, bytes]
      : [
          "Transfer-Encoding: chunked",
          `${bytes === "" ? "" : `${bytes.length.toString(16)}\r\n${bytes}\r\n`}0\r\n\r\n`,
        ];
  return [`${method} ${path} HTTP/1.1`, "Host: a", ...lines, frame, "", content].join("\r\n");
}
