import assert from "node:assert/strict";
import { after, before, describe, test, type TestContext } from "node:test";
import { requestIdOfKey } from "@gifticon/contract/request-id.ts";
import fc from "fast-check";
import { connectionLimit, drip, openMany, pour } from "../support/hostile/flood.ts";
import { bytesOf, hostileRequest, isEndInDoubt } from "../support/hostile/fuzz.ts";
import { type Conversation, dial, listen, send, type Target, targetOf } from "../support/hostile/raw-http.ts";
import { post, smugglings } from "../support/hostile/smuggling.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { Crowd, range, startLoad } from "./support/client.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import type { ServiceProcess } from "../../services/testing/service-process.ts";

// All attacks use one API, so that leftovers of one attack affect the next.

/**
 * Number of fuzzed requests. For more: HOSTILE_RUNS=20000 ./run test services
 * test/services/hostile.test.ts. A failure shows the seed and the path that reproduce it.
 */
const RUNS = Number(process.env["HOSTILE_RUNS"] ?? 500);
/** Memory limit of the API's container (`gifticon-event:api`, memoryMib). */
const MEMORY_BYTES = 384 * 1024 * 1024;
const IDLE = 10_000;

let backing: Backing;
let event: Event;
let api: ServiceProcess;
let target: Target;
const crowd = new Crowd();
before(async () => {
  backing = await startBacking();
  event = await createEvent(backing, 1_000_000);
  api = await event.start("main-api");
  target = targetOf(api.url);
});
after(async () => {
  await crowd[Symbol.asyncDispose]();
  await event[Symbol.asyncDispose]();
  await backing[Symbol.asyncDispose]();
});

/** Returns the start of a request. */
const start = (...headers: string[]): string =>
  ["POST /gifticons HTTP/1.1", "Host: a", "Content-Type: application/json", ...headers].join("\r\n");
const CHUNKED = start("Transfer-Encoding: chunked", "", "");
const KILOBYTE = "x".repeat(1024);

const statuses = ({ answers }: Conversation): number[] => answers.map(({ status }) => status);

/** Checks that the server closed each connection after this answer in the API's format. */
function assertAllAnswered(conversations: readonly Conversation[], status: number, code: string): void {
  for (const { answers } of conversations) {
    assert.deepEqual(
      answers.map((answer) => [answer.status, (JSON.parse(answer.body) as { code: string }).code]),
      [[status, code]],
    );
  }
}

/**
 * Checks that the server closed each connection, after this answer if the client received it. The
 * kernel of a client that sends to a closed connection drops what it has received.
 */
function assertAnsweredOrCutOff(conversations: readonly Conversation[], status: number, code: string): void {
  for (const conversation of conversations) {
    if (conversation.answers.length > 0) assertAllAnswered([conversation], status, code);
    else assert.match(conversation.error ?? "closed without an answer", /^(ECONNRESET|EPIPE)$/);
  }
}

/**
 * Sends the head of a request and then the same piece without end, over 20 connections. It tries
 * again if a busy machine reads so slowly that the server's time limit comes first.
 */
function answersToEndless(head: string, piece: string): Promise<Conversation[]> {
  const answer = () =>
    waitUntil("an answer to the endless request", async () => {
      const conversation = await pour(await dial(target), head, piece);
      return statuses(conversation).includes(408) ? undefined : conversation;
    });
  return Promise.all(range(0, 20).map(answer));
}

describe("the API under hostile input", () => {
  test("answers every malformed request in its own format, and never with a 500", async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (hostile) => {
        const [head, leave] = [hostile.method === "HEAD", isEndInDoubt(hostile)];
        const { answers, rest } = await send(target, bytesOf(hostile), { head, leave, answers: 1 });
        if (!leave) assert.equal(answers.length, 1);
        for (const { status, body } of answers) {
          // 501 answers an unsupported transfer coding, which is the client's fault too.
          assert.ok(status < 500 || status === 501, `${status} ${body}`);
          if (status >= 400 && !head) assert.equal(typeof (JSON.parse(body) as { code?: string }).code, "string", body);
        }
        if (!head) assert.equal(rest, "");
      }),
      { numRuns: RUNS },
    );
  });

  test("answers pipelined requests in order, each with its own id", async () => {
    const users = range(2_000_000, 200);
    const key = "pipelined";
    const pipeline = users.map((userId) => post([`Idempotency-Key: ${key}`], `{"userId": ${userId}}`)).join("");
    const { answers } = await send(target, pipeline, { answers: users.length });
    assert.deepEqual(
      answers.map(({ status, body }) => [status, (JSON.parse(body) as { requestId: string }).requestId]),
      users.map((userId) => [202, requestIdOfKey(BigInt(userId), key)]),
    );
  });

  test("refuses ambiguous requests, and accepts no request that is hidden in one", async () => {
    const [userId, key] = [3_000_000, "smuggled"];
    for (const { name, bytes } of smugglings(userId, key)) {
      assert.deepEqual(statuses(await send(target, bytes)), [400], name);
    }
    assert.equal((await crowd.ask(api.url, userId + 1)).status, 202);
    const accepted = (await backing.broker.readAll(event.topic)).map(({ message }) => message.key?.toString());
    assert.ok(accepted.includes(`${userId + 1}`));
    assert.ok(!accepted.includes(`${userId}`), "a hidden request was accepted");
  });

  test("answers clients that send too much, and disconnects them", async () => {
    const oversized = await answersToEndless(start("Content-Length: 99999999999", "", ""), KILOBYTE);
    const endlessChunks = await answersToEndless(CHUNKED, `400\r\n${KILOBYTE}\r\n`);
    const endlessHeader = await answersToEndless(start("X-Endless: "), KILOBYTE);
    const endlessExtension = await answersToEndless(`${CHUNKED}1;`, KILOBYTE);
    assertAnsweredOrCutOff([...oversized, ...endlessChunks], 413, "body_too_large");
    assertAnsweredOrCutOff(endlessHeader, 431, "headers_too_large");
    assertAnsweredOrCutOff(endlessExtension, 400, "bad_request");
  });

  test("serves others while thousands of connections are silent or slow, and closes all of those", async (t: TestContext) => {
    const idle = connectionLimit(IDLE);
    t.diagnostic(`${idle} idle connections`);
    const dripping = (head: string, more: string) => openMany(target, 200, (socket) => drip(socket, head, more));
    const others = startLoad(crowd, [api.url], 2);
    const silentAndSlow = await Promise.all([
      openMany(target, idle, (socket) => listen(socket)),
      dripping(start("X-Slow: "), "x"),
      dripping(start("Content-Length: 1000", "", ""), " "),
      dripping(`${CHUNKED}3e8\r\n`, " "),
    ]);
    const served = await others.end();
    const peak = await api.peakMemoryBytes();
    t.diagnostic(`${served} others served; at most ${Math.round(peak / 1024 / 1024)} MiB`);

    assertAllAnswered(silentAndSlow.flat(), 408, "request_timeout");
    assert.ok(served > 0);
    assert.ok(peak < MEMORY_BYTES, `${peak} bytes`);
  });

  test("gave every other client a correct answer, and had no internal error", async () => {
    const refused = crowd.answers.filter(({ status }) => status !== 202);
    assert.deepEqual(refused, [], "a normal client was refused");
    assert.equal(await api.metric('gifticon_requests_total{outcome="failed"}'), 0);
    assert.doesNotMatch(api.output(), /"level":[56]0/);
    const queued = new Set((await backing.broker.readAll(event.topic)).map(({ message }) => message.key?.toString()));
    const lost = crowd.answers.filter(({ userId }) => !queued.has(userId));
    assert.deepEqual(lost, [], "an answer 202 without its record");
  });
});
