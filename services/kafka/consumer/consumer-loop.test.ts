import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pino } from "pino";
import { ConsumerLoop } from "./consumer-loop.ts";
import type { ConsumerSession, SessionEvents } from "./consumer-session.ts";
import { Progress } from "./progress.ts";

/** Returns a loop whose sessions the test ends. */
function loopOverSessions() {
  const sessions: { events: SessionEvents; end: (failure: Error | undefined) => void; closed: boolean }[] = [];
  const waiters: (() => void)[] = [];
  const open = (events: SessionEvents): ConsumerSession => {
    const ended = Promise.withResolvers<Error | undefined>();
    const session = { events, end: ended.resolve, closed: false };
    sessions.push(session);
    waiters.splice(0).forEach((opened) => {
      opened();
    });
    return {
      run: () => ended.promise,
      sendDeadLetters: () => Promise.resolve(),
      close: () => {
        session.closed = true;
        session.end(undefined);
        return Promise.resolve();
      },
    };
  };
  const progress = new Progress();
  const handler = {
    handle: () => Promise.resolve(),
    settled: () => Promise.resolve(true),
    rejoined: () => undefined,
    close: () => Promise.resolve(),
  };
  const loop = new ConsumerLoop(open, () => handler, progress, pino({ level: "silent" }), 1);
  return { loop, progress, sessions, opened: () => new Promise<void>((resolve) => waiters.push(resolve)) };
}

describe("the consumer loop", () => {
  test("is ready while it is a member of the group", () => {
    const { loop, sessions } = loopOverSessions();
    loop.start();
    assert.equal(loop.state.ok, false);
    sessions[0]?.events.joined([0]);
    assert.deepEqual(loop.state, { ok: true });
  });

  test("closes a session that failed and opens a new one", async () => {
    const { loop, sessions, opened } = loopOverSessions();
    loop.start();
    const next = opened();
    sessions[0]?.end(new Error("lost"));
    await next;
    assert.deepEqual(
      sessions.map(({ closed }) => closed),
      [true, false],
    );
    assert.deepEqual(loop.state, { ok: false, reason: "consumer: lost" });
    await loop.stop();
  });

  test("is unhealthy when sessions end one after another at the same record", async () => {
    const { loop, progress, sessions, opened } = loopOverSessions();
    loop.start();
    for (const index of [0, 1, 2]) {
      const next = opened();
      sessions[index]?.events.joined([0]);
      sessions[index]?.end(new Error("can't be encoded"));
      await next;
    }
    const reason = "3 sessions ended without a record handled, the last: can't be encoded";
    assert.deepEqual(progress.health, { ok: false, reason });
    await loop.stop();
  });

  test("opens a new one when the consumer stops without a request and without an error", async () => {
    const { loop, sessions, opened } = loopOverSessions();
    loop.start();
    const next = opened();
    sessions[0]?.end(undefined);
    await next;
    await loop.stop();
  });

  test("closes the session and opens no other when it is stopped", async () => {
    const { loop, sessions } = loopOverSessions();
    loop.start();
    await loop.stop();
    assert.deepEqual(
      sessions.map(({ closed }) => closed),
      [true],
    );
  });
});
