import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { Crowd, keyOf, type Load, range, startLoad } from "./support/client.ts";
import { createEvent, type Event } from "../../services/testing/event.ts";
import { decided, holdStock, issuerInTransaction, takeConnections } from "./support/faults.ts";

const STOCK = 1_000_000;
const ISSUED = 'gifticon_records_total{outcome="issued"}';
const REPEATED = 'gifticon_records_total{outcome="repeated"}';

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
// A failed test leaves its fault behind, so start both servers before the next one.
beforeEach(async () => {
  await Promise.all([backing.broker.start(), backing.database.start()]);
});
after(async () => {
  await backing[Symbol.asyncDispose]();
});

/** Waits until the load has served this many more users. */
async function serves(load: Load, more: number): Promise<void> {
  const goal = load.served() + more;
  await waitUntil(`${more} more served`, () => load.served() >= goal);
}

/** Checks that every served user has a gifticon, and that all invariants hold. */
async function assertWhole(event: Event, crowd: Crowd, served: number): Promise<void> {
  await event.settled();
  const { issued, violations } = await event.reconcile(crowd.answers);
  assert.deepEqual({ issued, violations }, { issued: served, violations: [] });
}

describe("no request is lost and no user is served twice", () => {
  test("when the broker is restarted under load", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    await serves(load, 100);
    await backing.broker.stop();
    await api.ready(false);
    const away = await crowd.ask(api.url, 9_999_999);
    assert.deepEqual([away.status, away.outcome], [503, "not_accepted"]);
    await backing.broker.start();
    await serves(load, 100);
    await assertWhole(event, crowd, await load.end());
  });

  test("when the broker freezes: requests in flight are answered as unknown within a time limit, and a retry resolves them", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    await crowd.ask(api.url, 1);
    await backing.broker.pause();
    const answer = await crowd.ask(api.url, 2, keyOf(2)).finally(() => backing.broker.unpause());
    assert.deepEqual([answer.status, answer.outcome], [503, "unknown"]);
    const again = await crowd.insist(api.url, 2);
    assert.deepEqual([again.status, again.requestId], [202, answer.requestId]);
    await assertWhole(event, crowd, 2);
  });

  test("when the database is restarted under load", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    await serves(load, 100);
    await backing.database.stop();
    // The API still accepts requests, because the queue holds them.
    await serves(load, 100);
    await waitUntil(
      "a visible lag",
      async () => (await issuer.metric('gifticon_consumer_lag_records{partition="0"}')) > 0,
    );
    assert.equal((await fetch(`${issuer.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${issuer.url}/readyz`)).status, 503);
    await backing.database.start();
    await assertWhole(event, crowd, await load.end());
  });

  test("when the database is restarted under load in direct mode", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const apis = await Promise.all(range(0, 2).map(() => event.start("main-api", { MODE: "direct" })));
    const load = startLoad(
      crowd,
      apis.map(({ url }) => url),
    );
    await serves(load, 100);
    await backing.database.stop();
    await backing.database.start();
    await serves(load, 100);
    await assertWhole(event, crowd, await load.end());
  });

  test("when the database has no connection left in direct mode: every request gets 503 not_accepted", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const api = await event.start("main-api", { MODE: "direct" });
    await crowd.ask(api.url, 1);
    const giveBack = await takeConnections(event, backing.database);
    const away = await crowd.askAll(api.url, range(2, 20)).finally(giveBack);
    assert.deepEqual(
      new Set(away.map(({ status, outcome }) => `${status} ${outcome ?? ""}`)),
      new Set(["503 not_accepted"]),
    );
    const again = await Promise.all(range(2, 20).map((user) => crowd.insist(api.url, user)));
    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([201]));
    await assertWhole(event, crowd, 21);
  });

  test("when the issuer is killed in its transaction", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const { issuer, letGo } = await issuerInTransaction(event, crowd, 50);
    await issuer.end("SIGKILL");
    await letGo();
    await event.start("gifticon-issuer");
    await assertWhole(event, crowd, 50);
  });

  test("when the issuer is killed after the database's commit, before it gets the answer", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const { issuer, letGo } = await issuerInTransaction(event, crowd, 50);
    issuer.freeze();
    await letGo();
    await waitUntil("the database's commit", async () => (await decided(event)) > 0, { everyMs: 20 });
    await issuer.end("SIGKILL");
    const next = await event.start("gifticon-issuer");
    await assertWhole(event, crowd, 50);
    assert.ok((await next.metric(REPEATED)) > 0, "nothing was delivered again");
  });

  test("when the issuer is killed after the answer to the database's commit, before the offset's commit", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const { issuer, letGo } = await issuerInTransaction(event, crowd, 50);
    // Without a broker, the offset can't be committed.
    await backing.broker.stop();
    await letGo();
    await waitUntil("the issuer's own count", async () => (await issuer.metric(ISSUED)) > 0, { everyMs: 20 });
    await issuer.end("SIGKILL");
    await backing.broker.start();
    const next = await event.start("gifticon-issuer");
    await assertWhole(event, crowd, 50);
    assert.ok((await next.metric(REPEATED)) > 0, "nothing was delivered again");
  });

  test("when several issuers share the partitions, one joins and one is killed", async () => {
    await using event = await createEvent(backing, STOCK, 3);
    await using crowd = new Crowd();
    const [api, other, first] = await Promise.all([
      event.start("main-api"),
      event.start("main-api"),
      event.start("gifticon-issuer"),
    ]);
    const load = startLoad(crowd, [api.url, other.url]);
    await serves(load, 100);
    await event.start("gifticon-issuer");
    await serves(load, 100);
    await first.end("SIGKILL");
    await serves(load, 100);
    await assertWhole(event, crowd, await load.end());
  });

  test("when the topic gets partitions under load, which clients use after they reconnect", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    await serves(load, 100);
    await backing.broker.growTopic(event.topic, 3);
    await serves(load, 100);
    await backing.broker.stop();
    await api.ready(false);
    await backing.broker.start();
    await serves(load, 100);
    await assertWhole(event, crowd, await load.end());
    const used = new Set((await backing.broker.readAll(event.topic)).map(({ partition }) => partition));
    assert.equal(used.size, 3);
  });

  test("when it is sold out while requests are queued, and several issuers compete for the last gifticons", async () => {
    await using event = await createEvent(backing, 30, 3);
    await using crowd = new Crowd();
    const [api] = await Promise.all([
      event.start("main-api"),
      ...range(0, 2).map(() => event.start("gifticon-issuer")),
    ]);
    const letGo = await holdStock(event);
    await crowd.askAll(api.url, range(1, 200));
    await letGo();
    await assertWhole(event, crowd, 30);
  });

  test("when requests with the same users and keys race through several APIs", async () => {
    await using event = await createEvent(backing, 30);
    await using crowd = new Crowd();
    const apis = await Promise.all([event.start("main-api"), event.start("main-api"), event.start("gifticon-issuer")]);
    const asks = range(0, 400).map((n) =>
      crowd.ask(apis[n % 2]?.url ?? "", 1 + (n % 40), n % 3 === 0 ? "key" : undefined),
    );
    await Promise.all(asks);
    await assertWhole(event, crowd, 30);
  });
});

describe("SIGTERM under load", () => {
  test("makes main-api answer every request and exit with 0", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    await serves(load, 100);
    const ended = api.end("SIGTERM");
    // A load balancer stops sending requests when the replica isn't ready.
    await api.ready(false);
    const served = await load.end();
    assert.equal(await ended, 0, api.output());
    assert.deepEqual(
      crowd.answers.filter(({ status }) => status !== 202),
      [],
    );
    await assertWhole(event, crowd, served);
  });

  test("makes the issuer finish its transaction, commit and exit with 0", async () => {
    await using event = await createEvent(backing, STOCK);
    await using crowd = new Crowd();
    const [api, issuer] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const load = startLoad(crowd, [api.url]);
    await serves(load, 100);
    assert.equal(await issuer.end("SIGTERM"), 0, issuer.output());
    const next = await event.start("gifticon-issuer");
    await assertWhole(event, crowd, await load.end());
    assert.equal(await next.metric(REPEATED), 0);
  });
});
