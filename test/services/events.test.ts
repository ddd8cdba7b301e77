import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DEAD_LETTER_HEADER } from "@gifticon/contract/dead-letter.ts";
import { deadLetterTopic } from "@gifticon/contract/facts/queue.ts";
import { execa } from "execa";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { Crowd, range } from "./support/client.ts";
import { createEvent, createUnpreparedEvent, type Event } from "../../services/testing/event.ts";
import { serviceMain } from "../../services/testing/service-process.ts";
import { spring } from "./support/records.ts";
import type { Stats } from "@gifticon/main-api/stats.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

let backing: Backing;
before(async () => {
  backing = await startBacking();
});
after(async () => {
  await backing[Symbol.asyncDispose]();
});

async function statusOf(
  url: string,
  requestId: string | undefined,
): Promise<{ status: string; code?: string; reason?: string }> {
  const response = await fetch(`${url}/gifticons/${requestId ?? ""}`);
  return (await response.json()) as { status: string; code?: string; reason?: string };
}

async function statsOf(url: string): Promise<Stats> {
  const response = await fetch(`${url}/stats`);
  assert.equal(response.status, 200);
  return (await response.json()) as Stats;
}

const RECORDS = (outcome: string) => `gifticon_records_total{outcome="${outcome}"}`;

describe("an event through Kafka", () => {
  test("issues each user's first request, and returns its status by the request's id", async () => {
    await using event = await createEvent(backing, 1_000);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    const answers = await crowd.askAll(api.url, range(1, 500));
    const repeated = await crowd.ask(api.url, 1);
    await event.settled();
    assert.deepEqual(await event.reconcile(crowd.answers), {
      accepted: 501,
      issued: 500,
      duplicate: 1,
      soldOut: 0,
      violations: [],
    });
    assert.match((await statusOf(api.url, answers[0]?.requestId)).code ?? "", /^(\w{4}-){3}\w{4}$/);
    assert.deepEqual((await statusOf(api.url, repeated.requestId)).reason, "duplicate");
  });

  test("rejects requests when it is sold out", async () => {
    await using event = await createEvent(backing, 10);
    await using crowd = new Crowd();
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    await crowd.askAll(api.url, range(1, 50));
    await event.settled();
    const { issued, soldOut, violations } = await event.reconcile(crowd.answers);
    assert.deepEqual({ issued, soldOut, violations }, { issued: 10, soldOut: 40, violations: [] });
  });

  test("issues requests that were queued before any issuer ran", async () => {
    await using event = await createEvent(backing, 100);
    await using crowd = new Crowd();
    const api = await event.start("main-api");
    const [first] = await crowd.askAll(api.url, range(1, 20));
    assert.equal((await statusOf(api.url, first?.requestId)).status, "queued");
    await event.start("gifticon-issuer");
    await event.settled();
    assert.deepEqual((await event.reconcile(crowd.answers)).violations, []);
  });

  test("treats repeated requests with the same key as one request", async () => {
    await using event = await createEvent(backing, 100);
    await using crowd = new Crowd();
    const [api, other] = await Promise.all([
      event.start("main-api"),
      event.start("main-api"),
      event.start("gifticon-issuer"),
    ]);
    const answers = await Promise.all([api, other, api, other].map(({ url }) => crowd.ask(url, 7, "same")));
    await event.settled();
    assert.equal(new Set(answers.map(({ requestId }) => requestId)).size, 1);
    const { issued, duplicate, violations } = await event.reconcile(crowd.answers);
    assert.deepEqual({ issued, duplicate, violations }, { issued: 1, duplicate: 0, violations: [] });
  });

  test("issues records of another producer, without headers, up to the largest user id", async () => {
    await using event = await createEvent(backing, 100);
    const users = [1n, 2n ** 53n + 1n, 2n ** 63n - 1n];
    await backing.broker.produce(event.topic, users.map(spring));
    await event.start("gifticon-issuer");
    await event.settled();
    const { rows } = await event.pool.query<{ user_id: string }>(
      "select user_id from gifticon_request order by user_id",
    );
    assert.deepEqual(
      rows.map(({ user_id }) => BigInt(user_id)),
      users,
    );
  });

  test("makes dead letters of unreadable records, with reason and position, and continues", async () => {
    await using event = await createEvent(backing, 100);
    const bad = { key: "2", value: Buffer.from("not a long"), headers: { trace: "t" } };
    await backing.broker.produce(event.topic, [spring(1n), bad, spring(-3n), { key: "4", value: null }, spring(5n)]);
    const issuer = await event.start("gifticon-issuer");
    await event.settled();
    const letters = await backing.broker.readAll(deadLetterTopic(event.topic));
    const header = (index: number, name: string) => letters[index]?.message.headers.valuesOf(name)[0]?.toString();
    assert.deepEqual(
      letters.map((_, index) => header(index, DEAD_LETTER_HEADER.offset)),
      ["1", "2", "3"],
    );
    assert.match(header(0, DEAD_LETTER_HEADER.reason) ?? "", /has 10 bytes/);
    assert.deepEqual([header(0, "trace"), header(0, DEAD_LETTER_HEADER.topic)], ["t", event.topic]);
    assert.deepEqual(letters[0]?.message.value, bad.value);
    assert.deepEqual((await event.reconcile([])).issued, 2);
    assert.equal(await issuer.metric('gifticon_records_total{outcome="dead_lettered"}'), 3);
  });

  test("shows the same figures at each API", async () => {
    await using event = await createEvent(backing, 20, 2);
    await using crowd = new Crowd();
    const [api, other] = await Promise.all([event.start("main-api"), event.start("main-api")]);
    await crowd.askAll(api.url, range(1, 30));
    await crowd.ask(api.url, 1);
    assert.equal(await api.metric('gifticon_requests_total{outcome="queued"}'), 31);
    assert.equal(await api.metric("gifticon_accept_batch_requests_sum"), 31);
    assert.equal(await api.metric("gifticon_requests_in_flight"), 0);
    assert.ok((await api.metric("gifticon_accept_batch_duration_seconds_sum")) > 0);
    const queued = await statsOf(other.url);
    assert.deepEqual(queued, {
      mode: "kafka",
      at: queued.at,
      accepted: 31,
      queued: 31,
      held: 0,
      issued: 0,
      rejected: { duplicate: 0, soldOut: 0 },
      stock: { total: 20, remaining: 20 },
    });

    const issuer = await event.start("gifticon-issuer");
    await event.settled();
    await waitUntil("the issuer's count", async () => (await issuer.metric(RECORDS("issued"))) === 20);
    assert.equal((await issuer.metric(RECORDS("duplicate"))) + (await issuer.metric(RECORDS("sold_out"))), 11);
    assert.equal(await issuer.metric("gifticon_issue_batch_requests_sum"), 31);
    assert.ok((await issuer.metric("gifticon_issue_duration_seconds_count")) > 0);
    assert.equal(await issuer.metric("gifticon_stock_remaining"), 0);
    assert.equal(await issuer.metric("gifticon_database_connections_max"), 4);
    assert.ok((await issuer.metric('gifticon_database_connections{state="idle"}')) > 0);
    assert.ok((await issuer.metric("nodejs_eventloop_lag_p99_seconds")) > 0);
    for (const partition of [0, 1]) {
      const lag = `gifticon_consumer_lag_records{partition="${partition}"}`;
      await waitUntil(lag, async () => (await issuer.metrics()).includes(`${lag} 0`));
    }
    for (const { url } of [api, other]) {
      const stats = await waitUntil("the new figures", async () => {
        const now = await statsOf(url);
        return now.queued === 0 && now;
      });
      const { issued, accepted, rejected, stock } = stats;
      assert.deepEqual([issued, accepted, stock.remaining], [20, 31, 0]);
      assert.equal(rejected.duplicate + rejected.soldOut, 11);
    }
    // The logs contain neither codes nor the database's password.
    for (const { output } of [api, other, issuer]) {
      assert.doesNotMatch(output(), new RegExp(`${backing.database.password}|(\\w{4}-){3}\\w{4}"`));
    }
  });

  test("shows the figures that it can read while the broker or the database is unavailable", async () => {
    await using event = await createEvent(backing, 5);
    const api = await event.start("main-api");
    await backing.broker.pause();
    try {
      await waitUntil("figures without a queue", async () => (await statsOf(api.url)).queued === null);
    } finally {
      await backing.broker.unpause();
    }
    await waitUntil("figures with a queue", async () => (await statsOf(api.url)).queued === 0);
    await backing.database.stop();
    try {
      const away = await waitUntil("an answer 503", async () => {
        const response = await fetch(`${api.url}/stats`);
        return response.status === 503 && response;
      });
      assert.equal(away.headers.get("retry-after"), "1");
    } finally {
      await backing.database.start();
    }
    await waitUntil("figures again", async () => (await statsOf(api.url)).issued === 0);
  });
});

describe("an event in direct mode", () => {
  const direct = { MODE: "direct" };

  test("issues within the request, across several APIs, and answers with the outcome", async () => {
    await using event = await createEvent(backing, 60);
    await using crowd = new Crowd();
    const apis = await Promise.all([event.start("main-api", direct), event.start("main-api", direct)]);
    // The same 80 users send requests to both.
    await Promise.all(apis.map(({ url }) => crowd.askAll(url, range(1, 80))));
    const { accepted, issued, violations } = await event.reconcile(crowd.answers);
    assert.deepEqual({ accepted, issued, violations }, { accepted: 60, issued: 60, violations: [] });
    const again = await crowd.ask(apis[0].url, 81, "key");
    assert.equal(again.status, 410);
    assert.equal((await crowd.ask(apis[1].url, 81, "key")).requestId, again.requestId);
    const outcomes = ["issued", "duplicate", "sold_out"].map(
      (outcome) => `gifticon_requests_total{outcome="${outcome}"}`,
    );
    const counted = await Promise.all(apis.flatMap(({ metric }) => outcomes.map(metric)));
    assert.equal(
      counted.reduce((sum, count) => sum + count),
      162,
    );
    assert.equal(await apis[0].metric("gifticon_stock_remaining"), 0);
    const stats = await statsOf(apis[0].url);
    assert.deepEqual([stats.mode, stats.issued, stats.queued], ["direct", 60, null]);
    assert.equal(stats.accepted, 161);
  });
});

describe("the migrations", () => {
  const migrate = (event: Event, settings: Record<string, string> = {}) =>
    execa("node", [serviceMain("main-api"), "migrate"], {
      env: { ...event.migration, ...settings },
      extendEnv: false,
      reject: false,
    });

  test("may run several at a time, and services that started before wait for them and report it", async () => {
    await using event = await createUnpreparedEvent(backing, 10);
    await using crowd = new Crowd();
    const [api, issuer] = await Promise.all([
      event.launch("main-api", { MODE: "direct" }),
      event.launch("gifticon-issuer"),
    ]);
    for (const { url, output } of [api, issuer]) {
      const reason = /database: password authentication failed for user/;
      await waitUntil("the reason", async () => reason.test(await (await fetch(`${url}/readyz`)).text()));
      await waitUntil("the reason in the log", () => /waiting for the schema/.test(output()));
    }
    const ends = await Promise.all([migrate(event), migrate(event), migrate(event)]);
    assert.deepEqual(
      ends.map(({ exitCode }) => exitCode),
      [0, 0, 0],
      ends.map(({ stdout }) => stdout).join("\n"),
    );
    await Promise.all([api.ready(), issuer.ready()]);
    assert.equal((await crowd.ask(api.url, 1)).status, 201);
  });

  test("report a wrong setting, and a stock below the issued gifticons", async () => {
    await using event = await createEvent(backing, 10);
    const unset = await migrate(event, { SERVICE_CONNECTIONS: "none" });
    assert.equal(unset.exitCode, 2);
    assert.match(unset.stderr, /SERVICE_CONNECTIONS="none" must be an integer/);
    await event.pool.query("update gifticon_stock set remaining = 0");
    const stock = await migrate(event, { EVENT_STOCK: "9" });
    assert.equal(stock.exitCode, 1);
    assert.match(stock.stdout, /EVENT_STOCK=9 is less than the 10 gifticons issued already/);
  });
});
