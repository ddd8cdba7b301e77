import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestStatus } from "@gifticon/contract/status.ts";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { OverloadedError } from "./batcher.ts";
import { type ApiStub, apiOver, ID } from "./testing.ts";

/** Returns an answer without its date and connection headers. */
interface Seen {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

function seen(status: number, headers: Iterable<[string, unknown]>, body: unknown): Seen {
  const kept = [...headers].filter(([name]) => !["date", "connection", "keep-alive"].includes(name));
  return { status, headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])), body };
}

/** Sends a request through the fast path (by a socket) and through fastify (injected). */
async function bothWays(
  stub: ApiStub,
  body: string,
  more: Record<string, string> = { "idempotency-key": "key" },
): Promise<[Seen, Seen]> {
  const app = apiOver(stub);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const headers = { "content-type": "application/json", ...more };
  const short = await fetch(`${url}/gifticons`, { method: "POST", headers, body });
  const long = await app.inject({ method: "POST", url: "/gifticons", headers, body });
  return [
    seen(short.status, short.headers, await short.json()),
    seen(long.statusCode, Object.entries(long.headers), long.json()),
  ];
}

const answers: Record<string, () => Promise<RequestStatus>> = {
  queued: () => Promise.resolve({ requestId: ID, status: "queued" }),
  issued: () => Promise.resolve({ requestId: ID, status: "issued", code: "CODE" }),
  duplicate: () => Promise.resolve({ requestId: ID, status: "rejected", reason: "duplicate" }),
  "sold out": () => Promise.resolve({ requestId: ID, status: "rejected", reason: "sold_out" }),
  overloaded: () => Promise.reject(new OverloadedError("full")),
  unavailable: () => Promise.reject(new UnavailableError("away")),
  unknown: () => Promise.reject(new OutcomeUnknownError("lost")),
  failed: () => Promise.reject(new Error("unexpected")),
};

describe("the fast path of POST /gifticons", () => {
  for (const [what, accept] of Object.entries(answers)) {
    test(`answers as fastify's when a request is ${what}`, async () => {
      const [short, long] = await bothWays({ accept }, '{"userId": 1}');
      assert.deepEqual(short, long);
    });
  }

  for (const body of [
    "not json",
    "{}",
    '{"userId": 0}',
    '{"userId": 1, "more": "ü"}',
    '{"userId": 9007199254740993}',
  ]) {
    test(`answers as fastify's to ${body}`, async () => {
      const [short, long] = await bothWays({}, body);
      assert.deepEqual(short, long);
    });
  }

  test("answers an invalid key as fastify does", async () => {
    const [short, long] = await bothWays({}, '{"userId": 1}', { "idempotency-key": "a b" });
    assert.equal(short.status, 400);
    assert.deepEqual(short, long);
  });

  for (const coding of ["gzip", "GZIP", "identity, br", "identity"]) {
    test(`answers as fastify's to a body with Content-Encoding: ${coding}`, async () => {
      const [short, long] = await bothWays({}, '{"userId": 1}', { "content-encoding": coding, "idempotency-key": "k" });
      assert.deepEqual(short, long);
    });
  }

  test("leaves long bodies and other types to fastify", async () => {
    const url = await apiOver({}).listen({ host: "127.0.0.1", port: 0 });
    const post = async (body: string, type: string) =>
      (await fetch(`${url}/gifticons`, { method: "POST", headers: { "content-type": type }, body })).status;
    assert.equal(await post('{"userId": 1}'.padEnd(4_096), "application/json"), 202);
    assert.equal(await post('{"userId": 1}'.padEnd(4_097), "application/json"), 413);
    assert.equal(await post('{"userId": 1}', "text/plain"), 415);
    assert.equal(await post('{"userId": 1}', "application/json; charset=utf-8"), 202);
  });
});
