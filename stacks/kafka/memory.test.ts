import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceMemoryMib } from "../../infra/config/instance-types.ts";
import { shareMemory } from "./memory.ts";

test("a t3.medium gives Kafka a heap of a quarter and most of the rest for its page cache", () => {
  assert.deepEqual(shareMemory(4096), { kafka: { heap: 1024, limit: 3312 }, zookeeper: { heap: 128, limit: 384 } });
});

test("both fit on a host with 2 GiB or more", () => {
  for (const memory of Object.values(instanceMemoryMib).filter((mib) => mib >= 2048)) {
    const { kafka, zookeeper } = shareMemory(memory);
    assert.ok(kafka.heap < kafka.limit && kafka.limit + zookeeper.limit < memory, `${memory} MiB`);
  }
});
