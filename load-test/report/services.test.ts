import assert from "node:assert/strict";
import { test } from "node:test";
import { readServices } from "./services.ts";

test("a service has its running tasks, and a job its finished ones", () => {
  const lines = [
    "gifticon_main-api replicated registry/api@sha256:1 4/4 (max 1 per node)",
    "gifticon_gifticon-issuer replicated registry/issuer@sha256:2 1/1",
    "kafka_topics replicated-job registry/kafka@sha256:3 0/1 (1/1 completed)",
    "schema_migrate replicated-job registry/api@sha256:1 1/1 (0/1 completed)",
  ];
  assert.deepEqual(
    readServices(lines.join("\n")).map(({ name, tasks, image }) => `${name}: ${tasks}, ${image}`),
    [
      "gifticon_main-api: 4/4 running, registry/api@sha256:1",
      "gifticon_gifticon-issuer: 1/1 running, registry/issuer@sha256:2",
      "kafka_topics: 1/1 finished, registry/kafka@sha256:3",
      "schema_migrate: 1/1 running, registry/api@sha256:1",
    ],
  );
});
