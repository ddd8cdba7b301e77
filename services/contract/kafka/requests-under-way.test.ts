import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { RequestsUnderWay } from "./requests-under-way.ts";

const operation = fc.oneof(
  fc.record({ name: fc.constant("set"), id: fc.nat(5), request: fc.nat() }),
  fc.record({ name: fc.constant("delete"), id: fc.nat(5), request: fc.constant(0) }),
  fc.record({ name: fc.constant("clear"), id: fc.constant(0), request: fc.constant(0) }),
);

test("requests under way are kept as a Map keeps them", () => {
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const kept = new RequestsUnderWay();
      // Correlation ids are never used twice, so what is set again comes last.
      const map = new Map<number, unknown>();
      for (const { name, id, request } of operations) {
        for (const one of [kept, map]) {
          if (name === "clear") one.clear();
          else one.delete(id);
          if (name === "set") one.set(id, request);
        }
        const seen: unknown[] = [];
        kept.forEach((one) => seen.push(one));
        assert.deepEqual(seen, [...map.values()]);
        assert.deepEqual([...kept.values()], [...map.values()]);
        assert.deepEqual([kept.size, kept.has(id), kept.get(id)], [map.size, map.has(id), map.get(id)]);
      }
    }),
  );
});

test("kafkajs keeps them so in the queue of each connection", () => {
  const queues = ["a", "b"].map((broker) => new RequestQueue({ broker, logger: { debug: () => undefined } }));
  const kept = queues.map(({ inflight }) => inflight);
  assert.ok(kept.every((one) => one instanceof RequestsUnderWay));
  assert.notEqual(kept[0], kept[1]);
});
