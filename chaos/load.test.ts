import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { Load } from "./load.ts";

/**
 * Starts an API with the given first answers and 202 afterwards. Returns the keys that it received.
 */
async function api(first: readonly { status: number; headers?: Record<string, string> }[] = []) {
  const keys: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    const { status, headers: extra = {} } = first[keys.push(headers["idempotency-key"]) - 1] ?? { status: 202 };
    response.writeHead(status, extra).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { apiUrl: `http://127.0.0.1:${port}`, keys, close: () => server.close() };
}

test("a rejected user retries with the same key", async () => {
  const { apiUrl, keys, close } = await api([{ status: 503, headers: { "retry-after": "1" } }]);
  const load = new Load({ apiUrl, users: 1, firstUser: 7 });
  await waitUntil("a promise", () => load.accepted > 0);
  await load.end();
  close();
  assert.equal(keys[0], keys[1]);
  const seen = load.answers.slice(0, 2).map(({ userId, status, retryAfter }) => ({ userId, status, retryAfter }));
  assert.deepEqual(seen, [
    { userId: "7", status: 503, retryAfter: true },
    { userId: "7", status: 202, retryAfter: false },
  ]);
});

test("a crowd is added, and leaves after its answers, while the other users stay", async () => {
  const { apiUrl, keys, close } = await api();
  const load = new Load({ apiUrl, users: 1, firstUser: 7 });
  await waitUntil("the one user", () => load.accepted > 0);
  const leave = load.addUsers(20);
  await waitUntil("the crowd", () => load.accepted > 100);
  await leave();
  const { accepted } = load;
  await waitUntil("the one user", () => load.accepted > accepted);
  await load.end();
  close();
  assert.equal(load.answers.length, keys.length);
  assert.equal(new Set(keys).size, keys.length);
});
