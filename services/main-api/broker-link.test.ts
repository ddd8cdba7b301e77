import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pino } from "pino";
import { OutcomeUnknownError, UnavailableError } from "./acceptor.ts";
import { type BrokerConnection, BrokerLink } from "./broker-link.ts";

const TIMES = { send: 50, open: 50, retry: 1, probe: 1, lag: 50 };
const never = () => new Promise<never>(() => undefined);
const ok = () => Promise.resolve();

/** Creates a link that uses the given connections in turn; the last one stays. */
function linkOver(...kinds: Partial<BrokerConnection>[]) {
  let opened = 0;
  const connect = (): BrokerConnection => {
    const kind = kinds[Math.min(opened++, kinds.length - 1)];
    return { open: ok, send: ok, probe: ok, readLag: () => Promise.resolve([]), close: ok, ...kind };
  };
  const link = new BrokerLink(connect, pino({ level: "silent" }), TIMES);
  link.start();
  return { link, opened: () => opened };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("the condition didn't come true");
}

const up = (link: BrokerLink) => until(() => link.downReason === undefined);

describe("the link to the broker", () => {
  test("rejects sends at once while it is down", async () => {
    const { link } = linkOver({ open: never });
    await assert.rejects(link.send([]), UnavailableError);
    await link.close();
  });

  test("reconnects until a connection opens", async () => {
    const refused = { open: () => Promise.reject(new Error("refused")) };
    const { link, opened } = linkOver(refused, refused, {});
    await up(link);
    assert.equal(opened(), 3);
    await link.close();
  });

  test("retries a send on the same connection", async () => {
    let attempts = 0;
    const { link, opened } = linkOver({ send: () => (++attempts < 3 ? Promise.reject(new Error("moved")) : ok()) });
    await up(link);
    await link.send([]);
    assert.deepEqual([attempts, opened()], [3, 1]);
    await link.close();
  });

  test("reports an unknown outcome after a failed send, and reconnects", async () => {
    const { link, opened } = linkOver({ send: () => Promise.reject(new Error("lost")) }, {});
    await up(link);
    await assert.rejects(link.send([]), OutcomeUnknownError);
    await up(link);
    assert.equal(opened(), 2);
    await link.send([]);
    await link.close();
  });

  test("ends a send that never settles, even when its connection doesn't close either", async () => {
    const { link } = linkOver({ send: never, close: never }, {});
    await up(link);
    await assert.rejects(link.send([]), OutcomeUnknownError);
    await up(link);
    await link.send([]);
    await link.close();
  });

  test("detects a lost broker and its return without a send", async () => {
    let alive = true;
    const { link } = linkOver({
      open: () => (alive ? ok() : Promise.reject(new Error("away"))),
      probe: () => (alive ? ok() : Promise.reject(new Error("away"))),
    });
    await up(link);
    alive = false;
    await until(() => link.downReason === "away");
    await assert.rejects(link.send([]), (error) => {
      assert.ok(error instanceof UnavailableError);
      assert.equal(error.code, "UNAVAILABLE");
      assert.equal((error.cause as Error).message, "away");
      return true;
    });
    assert.equal(link.unavailable()?.message, "the broker is unavailable: away");
    alive = true;
    await up(link);
    assert.equal(link.unavailable(), undefined);
    await link.close();
  });

  test("returns the lag, and keeps the connection when the lag is unknown", async () => {
    const lag = [{ partition: 0, topicId: "t", written: 3, behind: 1, held: 0 }];
    const answers = [() => Promise.resolve(lag), () => Promise.reject(new Error("no coordinator")), never];
    const { link, opened } = linkOver({ readLag: () => answers.shift()?.() ?? never() });
    assert.equal(await link.readLag(), undefined);
    await up(link);
    assert.deepEqual(await link.readLag(), lag);
    assert.equal(await link.readLag(), undefined);
    assert.equal(await link.readLag(), undefined);
    assert.deepEqual([link.downReason, opened()], [undefined, 1]);
    await link.close();
  });
});
