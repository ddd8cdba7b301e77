import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { listen } from "./listen.ts";
import { apiOver } from "./testing.ts";

const CLIENTS = 200;
const REQUEST =
  'POST /gifticons HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"userId":1}';

/** Opens connections at the same time. */
async function crowd(app: FastifyInstance): Promise<Socket[]> {
  const url = new URL(await listen(app, { host: "127.0.0.1", port: 0, backlog: CLIENTS }));
  return Array.from({ length: CLIENTS }, () => connect(Number(url.port), url.hostname));
}

/** Opens one more connection. Returns "connected" or the error's code. */
function connecting(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const client = connect(port, "127.0.0.1", () => {
      client.destroy();
      resolve("connected");
    });
    client.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code);
    });
  });
}

describe("listening", () => {
  test("accepts many clients in each turn of the loop", async () => {
    const app = apiOver({});
    let accepted = 0;
    app.server.on("connection", () => accepted++);
    const clients = await crowd(app);
    // The kernel has connected all of them. Each listener accepts one in a turn.
    await Promise.resolve();
    let turns = 0;
    for (; accepted < CLIENTS; turns++) await turn();
    for (const client of clients) client.destroy();
    assert.ok(turns < CLIENTS / 4, `${turns} turns for ${CLIENTS} clients`);
  });

  test("finishes requests in progress when it closes, and accepts no others", async () => {
    const { promise: acknowledged, resolve: acknowledge } = Promise.withResolvers<undefined>();
    const { promise: allAsked, resolve: askedAll } = Promise.withResolvers<undefined>();
    let asked = 0;
    const app = apiOver({
      accept: async ({ requestId }) => {
        if (++asked === CLIENTS) askedAll(undefined);
        await acknowledged;
        return { requestId, status: "queued" };
      },
    });
    const clients = await crowd(app);
    const answers = clients.map((client) => {
      client.write(REQUEST);
      return text(client);
    });
    await allAsked;
    const { port } = app.server.address() as { port: number };
    const closed = app.close();
    while (app.server.listening) await turn();
    const late = await connecting(port);
    acknowledge(undefined);
    for (const answer of await Promise.all(answers)) assert.match(answer, /^HTTP\/1\.1 202 /);
    await closed;
    assert.equal(late, "ECONNREFUSED");
  });
});
