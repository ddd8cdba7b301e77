import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { describe, test } from "node:test";
import { type GifticonRequest } from "@gifticon/contract/request.ts";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { pino } from "pino";
import { Registry } from "prom-client";
import { type Acceptor, OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { OverloadedError } from "./batcher.ts";
import { apiOver, ID, STATS } from "./testing.ts";

/** Creates the API with an acceptor of the test's. */
function api(accept: Acceptor["accept"] = ({ requestId }) => Promise.resolve({ requestId, status: "queued" })) {
  const accepted: GifticonRequest[] = [];
  const registry = new Registry();
  const app = apiOver({
    registry,
    accept: (request) => {
      accepted.push(request);
      return accept(request);
    },
  });
  const post = (body: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: "POST",
      url: "/gifticons",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  return { app, accepted, post, registry };
}

describe("POST /gifticons", () => {
  test("answers 202 with the request's id when it is accepted", async () => {
    const { post, accepted } = api();
    const response = await post('{"userId": 9007199254740993}');
    assert.equal(response.statusCode, 202);
    assert.deepEqual(response.json(), { requestId: accepted[0]?.requestId, status: "queued" });
    assert.equal(response.headers.location, `/gifticons/${accepted[0]?.requestId ?? ""}`);
    assert.equal(accepted[0]?.userId, 9007199254740993n);
  });

  test("gives the same request id for the same user and key", async () => {
    const { post, accepted } = api();
    await post('{"userId": 1}', { "idempotency-key": "k" });
    assert.equal(accepted[0]?.requestId, requestIdOfKey(1n, "k"));
  });

  const decided: [RequestStatus, number][] = [
    [{ requestId: ID, status: "issued", code: "CODE" }, 201],
    [{ requestId: ID, status: "rejected", reason: "duplicate" }, 409],
    [{ requestId: ID, status: "rejected", reason: "sold_out" }, 410],
  ];
  for (const [status, code] of decided) {
    test(`answers ${code} in direct mode when it is ${status.status === "rejected" ? status.reason : status.status}`, async () => {
      const response = await api(() => Promise.resolve(status)).post('{"userId": 1}');
      assert.equal(response.statusCode, code);
      assert.deepEqual(response.json(), status);
    });
  }

  for (const error of [new OverloadedError("full"), new UnavailableError("away")]) {
    test(`answers 503 with Retry-After, not accepted, on ${error.name}`, async () => {
      const response = await api(() => Promise.reject(error)).post('{"userId": 1}');
      assert.equal(response.statusCode, 503);
      assert.equal(response.headers["retry-after"], "1");
      assert.equal(response.json<{ outcome: string }>().outcome, "not_accepted");
    });
  }

  test("answers 503 with the request's id when its outcome is unknown", async () => {
    const response = await api(() => Promise.reject(new OutcomeUnknownError("lost"))).post('{"userId": 1}', {
      "idempotency-key": "k",
    });
    assert.equal(response.statusCode, 503);
    const { outcome, requestId } = response.json<{ outcome: string; requestId: string }>();
    assert.deepEqual([outcome, requestId], ["unknown", requestIdOfKey(1n, "k")]);
  });

  test("logs the id of a request with an unknown outcome, and at level debug every answered one", async () => {
    const lines: { level: number; requestId?: string; outcome?: string; err?: { message: string } }[] = [];
    const log = pino({ level: "debug" }, { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[0]) });
    const answers = [
      () => Promise.reject(new OutcomeUnknownError("no acknowledgement")),
      () => Promise.resolve({ requestId: ID, status: "queued" } as const),
    ];
    const app = apiOver({ log, accept: () => answers.shift()?.() ?? assert.fail() });
    for (const key of ["k", "l"]) {
      const headers = { "content-type": "application/json", "idempotency-key": key };
      await app.inject({ method: "POST", url: "/gifticons", body: '{"userId": 1}', headers });
    }
    assert.deepEqual(
      lines.map(({ level, requestId, outcome, err }) => [level, requestId, outcome ?? err?.message]),
      [
        [40, requestIdOfKey(1n, "k"), "no acknowledgement"],
        [20, requestIdOfKey(1n, "l"), "queued"],
      ],
    );
  });

  test("answers 500 without saying why on an unexpected error", async () => {
    const response = await api(() => Promise.reject(new Error("password=s3cret"))).post('{"userId": 1}');
    assert.equal(response.statusCode, 500);
    assert.doesNotMatch(response.body, /s3cret/);
  });

  test("answers 400 naming the field, and accepts nothing", async () => {
    const { post, accepted } = api();
    const response = await post('{"userId": -1}');
    assert.equal(response.statusCode, 400);
    assert.equal(response.json<{ field: string }>().field, "userId");
    assert.equal((await post("not json")).json<{ field: string }>().field, "body");
    assert.equal((await post('{"userId": 1}', { "idempotency-key": "a b" })).statusCode, 400);
    assert.equal(accepted.length, 0);
  });

  test("answers 400 without a body", async () => {
    const { app } = api();
    assert.equal((await app.inject({ method: "POST", url: "/gifticons" })).statusCode, 400);
  });

  test("answers 413 above 4 KiB and accepts 4 KiB", async () => {
    const { post } = api();
    const padded = (bytes: number) => '{"userId": 1}'.padEnd(bytes, " ");
    assert.equal((await post(padded(4_096))).statusCode, 202);
    const response = await post(padded(4_097));
    assert.equal(response.statusCode, 413);
    assert.equal(response.json<{ code: string }>().code, "body_too_large");
  });

  test("answers 415 to another media type", async () => {
    const response = await api().post("userId=1", { "content-type": "application/x-www-form-urlencoded" });
    assert.equal(response.statusCode, 415);
    assert.equal(response.json<{ code: string }>().code, "unsupported_media_type");
    assert.deepEqual(
      [response.headers["accept"], response.headers["accept-encoding"]],
      ["application/json", undefined],
    );
  });

  for (const coding of ["gzip", "GZip", "x-gzip", "deflate", "br", "zstd", "compress", "aes128gcm", "identity, gzip"]) {
    test(`answers 415 to Content-Encoding: ${coding}, names the accepted ones, and accepts nothing`, async () => {
      const { post, accepted } = api();
      const response = await post('{"userId": 1}', { "content-encoding": coding });
      assert.deepEqual([response.statusCode, response.headers["accept-encoding"]], [415, "identity"]);
      assert.equal(response.json<{ code: string }>().code, "unsupported_content_coding");
      assert.deepEqual(accepted, []);
    });
  }

  for (const coding of ["identity", "Identity", "identity, identity", "", ","]) {
    test(`accepts a body with Content-Encoding: ${JSON.stringify(coding)}, which does not change it`, async () => {
      assert.equal((await api().post('{"userId": 1}', { "content-encoding": coding })).statusCode, 202);
    });
  }

  test("counts each answer by its outcome", async () => {
    const { post, registry } = api();
    await post('{"userId": 1}');
    await post("{}");
    const text = await registry.metrics();
    assert.match(text, /gifticon_requests_total\{outcome="queued"\} 1/);
    assert.match(text, /gifticon_requests_total\{outcome="invalid"\} 1/);
    assert.match(text, /gifticon_requests_total\{outcome="overloaded"\} 0/);
  });
});

describe("the other routes", () => {
  test("GET /gifticons/{requestId} gives the status, uncached", async () => {
    const response = await api().app.inject(`/gifticons/${ID.toUpperCase()}`);
    assert.deepEqual(response.json(), { requestId: ID, status: "issued", code: "CODE" });
    assert.equal(response.headers["cache-control"], "no-store");
  });

  test("GET with an invalid UUID answers 400", async () => {
    const response = await api().app.inject("/gifticons/1");
    assert.deepEqual([response.statusCode, response.json<{ field: string }>().field], [400, "requestId"]);
  });

  test("unknown paths are a 404 and wrong methods a 405 with Allow, as JSON", async () => {
    const { app } = api();
    assert.equal((await app.inject("/nothing")).json<{ code: string }>().code, "not_found");
    const response = await app.inject({ method: "GET", url: "/gifticons" });
    assert.deepEqual([response.statusCode, response.headers.allow], [405, "POST"]);
    assert.equal((await app.inject({ method: "DELETE", url: `/gifticons/${ID}` })).headers.allow, "GET, HEAD");
    assert.equal((await app.inject({ method: "POST", url: "/stats" })).headers.allow, "GET, HEAD");
    for (const method of ["TRACE", "PROPFIND", "PURGE", "M-SEARCH"]) {
      const refused = await app.inject({ method: method as "GET", url: "/gifticons" });
      assert.deepEqual([refused.statusCode, refused.headers.allow], [405, "POST"], method);
    }
  });

  test("/healthz, /readyz and /metrics answer", async () => {
    const check = { ok: false, reason: "broker: away" } as const;
    const ready = await apiOver({ check }).inject("/readyz");
    assert.deepEqual([ready.statusCode, ready.json()], [503, check]);
    const { app } = api();
    assert.equal((await app.inject("/healthz")).statusCode, 200);
    assert.match((await app.inject("/metrics")).headers["content-type"] ?? "", /^text\/plain/);
  });

  test("/stats returns the event's figures, uncached, or 503 with Retry-After while they can't be read", async () => {
    const response = await api().app.inject("/stats");
    assert.deepEqual(response.json(), STATS);
    assert.equal(response.headers["cache-control"], "no-store");
    const away = await apiOver({ stats: () => Promise.reject(new Error("password=s3cret")) }).inject("/stats");
    assert.deepEqual([away.statusCode, away.headers["retry-after"]], [503, "1"]);
    assert.doesNotMatch(away.body, /s3cret|not_accepted/);
  });

  test("/ returns the page with its policy, compressed for clients that accept gzip", async () => {
    const { app } = api();
    const plain = await app.inject("/");
    assert.deepEqual([plain.body, plain.headers["content-encoding"]], ["<p>page</p>", undefined]);
    assert.equal(plain.headers["content-security-policy"], "default-src 'none'");
    const zipped = await app.inject({ url: "/", headers: { "accept-encoding": "br, gzip" } });
    assert.deepEqual([zipped.body, zipped.headers["content-encoding"]], ["gzip", "gzip"]);
  });
});

/** Sends bytes to a listening API and reads until the end. */
async function say(bytes: string): Promise<string> {
  const { app } = api();
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.write(bytes);
  let text = "";
  for await (const chunk of socket) text += chunk as string;
  return text;
}

test("invalid HTTP is answered with 400 as JSON instead of a reset", async () => {
  assert.match(await say("nonsense\r\n\r\n"), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\{"code":"bad_request"/);
});

test("a path that can't be decoded is answered with a 400 like any other", async () => {
  const { statusCode, body } = await api().app.inject({ url: "/gifticons/%" });
  assert.equal(statusCode, 400);
  assert.deepEqual(JSON.parse(body), { code: "bad_request", message: "the request can't be read" });
});

test("an unknown expectation is answered with 417 as JSON", async () => {
  const answer = await say("POST /gifticons HTTP/1.1\r\nHost: a\r\nExpect: the-best\r\nContent-Length: 99\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 417 Expectation Failed\r\n[^]*\{"code":"expectation_failed"/);
});

test("a content coding is found in any of repeated headers, and a body that follows is not taken for a request", async () => {
  const body = '{"userId": 1}';
  const head = ["POST /gifticons HTTP/1.1", "Host: a", "Content-Type: application/json", "Connection: close"];
  const request = [...head, "Content-Encoding: identity", "CONTENT-ENCODING: GZIP", `Content-Length: ${body.length}`];
  const answer = await say([...request, "", body].join("\r\n"));
  assert.match(answer, /^HTTP\/1\.1 415 [^]*accept-encoding: identity\r\n[^]*\{"code":"unsupported_content_coding"/);
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
});

test("a transfer coding other than chunked is answered with a 501 as JSON", async () => {
  const head = ["POST /gifticons HTTP/1.1", "Host: a", "Content-Type: application/json", "Connection: close"];
  const request = [...head, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked", "", "2\r\n{}\r\n0", "", ""];
  assert.match(
    await say(request.join("\r\n")),
    /^HTTP\/1\.1 501 Not Implemented\r\n[^]*\{"code":"unsupported_transfer_coding"/,
  );
});

test("a tunnel is refused with a 405 as JSON", async () => {
  const answer = await say("CONNECT /gifticons HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n[^]*\{"code":"method_not_allowed"/);
});
