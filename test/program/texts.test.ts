import assert from "node:assert/strict";
import { test } from "node:test";
import { WORKER_VALUES } from "../../infra/plans/testing.ts";
import { renderUserData } from "../../infra/plans/user-data.ts";
import { renderCompose } from "../../stacks/compose.ts";
import { gifticonStack, type GifticonStackArgs } from "../../stacks/gifticon/gifticon-stack.ts";
import { kafkaStack } from "../../stacks/kafka/kafka-stack.ts";
import { k6Stack } from "../../stacks/load-test/k6-stack.ts";
import { controllerSettings, processPolicy } from "../../stacks/load-test/ngrinder-settings.ts";
import { ngrinderStack } from "../../stacks/load-test/ngrinder-stack.ts";
import { schemaStack } from "../../stacks/schema/schema-stack.ts";
import { shareMemory } from "../../stacks/kafka/memory.ts";
import { brokerProperties, zookeeperProperties } from "../../stacks/kafka/properties.ts";
import { plain, runProgram } from "./support/run-program.ts";

// Full texts for hosts and the Swarm. A reviewer sees the effect of a change in the snapshot.
// --test-update-snapshots rewrites it.
const text = { serializers: [String] };
const image = (name: string) => `registry.example/${name}@sha256:0123`;

const gifticon: GifticonStackArgs = {
  network: "event",
  spareWorkers: 1,
  api: { image: image("main-api"), replicas: 4, memoryMib: 384, poolSize: 5, port: 8080, newTargetSeconds: 15 },
  queue: {
    mode: "kafka",
    bootstrapServers: "kafka:19092",
    issuer: { image: image("gifticon-issuer"), memoryMib: 384, poolSize: 4 },
  },
  database: {
    ...{ host: "database.example", port: 5432, name: "gifticon", user: "gifticon_service" },
    caFile: "/var/lib/gifticon-event/database-ca.pem",
  },
  passwordSecret: "gifticon_database-password-0123",
};

test("user data of a worker", (t) => {
  t.assert.snapshot(renderUserData(WORKER_VALUES), text);
});

test("Compose file of Kafka", (t) => {
  const stack = kafkaStack({
    image: image("kafka"),
    network: "event",
    memory: shareMemory(4096),
    partitions: 1,
    configs: { kafka: "kafka_kafka-0123", zookeeper: "kafka_zookeeper-0123" },
    nodeId: "nodeid",
    repair: "none",
  });
  t.assert.snapshot(renderCompose(stack), text);
});

test("Compose file of the migrations, with the load test's role", (t) => {
  const stack = schemaStack({
    network: "event",
    image: image("main-api"),
    database: { ...gifticon.database, user: "gifticon" },
    stock: 100_000,
    service: { user: "gifticon_service", connections: 72 },
    secrets: {
      "database-password": "schema_database-password-0123",
      "service-password": "schema_service-password-0123",
      "load-test-password": "schema_load-test-password-0123",
    },
  });
  t.assert.snapshot(renderCompose(stack), text);
});

test("Compose file of the event with Kafka", (t) => {
  t.assert.snapshot(renderCompose(gifticonStack(gifticon)), text);
});

test("Compose file of the event without Kafka and without a spare worker", (t) => {
  t.assert.snapshot(renderCompose(gifticonStack({ ...gifticon, queue: { mode: "direct" }, spareWorkers: 0 })), text);
});

test("Compose file of the load test with k6", (t) => {
  const { queue, database } = gifticon;
  const stack = k6Stack({
    network: "event",
    images: { generator: image("k6"), agent: image("load-agent") },
    hostMib: 16_384,
    event: { queue, database: { ...database, user: "gifticon_load_test" } },
    passwordSecret: "load-test_database-password-0123",
  });
  t.assert.snapshot(renderCompose(stack), text);
});

test("Compose file of the load test with nGrinder", (t) => {
  const images = { controller: image("ngrinder-controller"), agent: image("ngrinder-agent") };
  const configs = {
    start: "load-test_start-0123",
    configure: "load-test_configure-0123",
    settings: "load-test_settings-0123",
    policy: "load-test_policy-0123",
  };
  const apiUrl = "http://api.example";
  const stack = ngrinderStack({ network: "event", images, configs, hostMib: 16_384, apiUrl });
  // No golden preview applies this guardrail to nGrinder, whose images have no health check.
  for (const { healthcheck } of Object.values(stack.services)) assert.ok(healthcheck?.test);
  t.assert.snapshot(renderCompose(stack), text);
});

test("settings of nGrinder's controller", (t) => {
  t.assert.snapshot(controllerSettings(), text);
  t.assert.snapshot(processPolicy(4), text);
});

test("properties of Kafka and ZooKeeper", (t) => {
  t.assert.snapshot(brokerProperties({ externalAddress: "10.0.16.5", retentionHours: 168 }), text);
  t.assert.snapshot(zookeeperProperties(), text);
});

test("the values that each script on a host gets", async (t) => {
  const run = await runProgram({ "gifticon-event:workers": "1" });
  const headers = run.names("command:remote:Command").map((name) => {
    const script = String(plain(run.resource("command:remote:Command", name).inputs["stdin"]));
    const values = script.slice(script.indexOf("\n") + 1, script.indexOf("\nset -euo pipefail"));
    return `== ${name}\n${values}`;
  });
  t.assert.snapshot(headers.join("\n"), text);
});
