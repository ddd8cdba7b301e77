import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostObservation } from "../observation.ts";
import { format, healthyHost, NEVER } from "../testing.ts";
import { checkTransactions } from "./transactions.ts";

const OPENED = Date.parse("2026-12-25T09:00:00Z");

/**
 * Returns the findings about the second observation's transactions. `held` counts the records by
 * partition.
 */
function found(transactions: HostObservation["transactions"], held: Record<string, number> = { 0: 3 }): string[] {
  const clock = OPENED / 1_000 + 20;
  const issuer = {
    service: "gifticon_gifticon-issuer",
    ready: { ok: true },
    lag: [3],
    held,
    replaced: NEVER,
    deadLetters: 0,
  };
  const hosts = { kafka: { ...healthyHost(), clock }, "worker-1": { ...healthyHost(), tasks: [issuer] } };
  return format(checkTransactions({ hosts, later: { ...hosts, kafka: { ...healthyHost(), transactions } } }));
}

const abort = (partition: number, offset: number) =>
  `the broker ends it after 60 to 70 s if a coordinator knows it; to end it without its records now, on kafka: sudo docker exec $(sudo docker ps --quiet --filter label=com.docker.swarm.service.name=kafka_kafka) open-transactions abort coupon_create ${partition} ${offset}`;

test("finds an open transaction, with its producer, its partition and the command that ends it", () => {
  assert.deepEqual(found([`0 1000 17 ${OPENED} foreign-batch`]), [
    `a transaction of foreign-batch (producer 1000) has been open since 2026-12-25T09:00:00.000Z; 3 records in partition 0 of coupon_create, its own included, wait for its end -> ${abort(0, 17)}`,
  ]);
});

test("finds a transaction without a coordinator by its producer", () => {
  assert.deepEqual(found([`1 1000 5 ${OPENED} -`], { 1: 2 }), [
    `a transaction of producer 1000, which no coordinator knows, has been open since 2026-12-25T09:00:00.000Z; 2 records in partition 1 of coupon_create, its own included, wait for its end -> ${abort(1, 5)}`,
  ]);
});

test("finds no fault without transactions, or in one that was opened after the first observation", () => {
  assert.deepEqual(found([`0 1000 17 ${OPENED + 21_000} foreign-batch`]), []);
  assert.deepEqual(found([]), []);
  assert.deepEqual(found(null), []);
});
