import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outputs } from "../operate/local-stack.ts";
import { describeEnvironment } from "./environment-text.ts";

const outputs = {
  apiUrl: "http://api.example",
  loadGenerator: "k6",
  nodes: [
    { name: "manager", role: "manager", privateIp: "10.0.0.4", labels: {} },
    { name: "load-generator", role: "load-generator", privateIp: "10.0.16.10", labels: { load_generator: "true" } },
    { name: "kafka", role: "kafka", privateIp: "10.0.1.6", labels: { kafka_server: "true" } },
  ],
} as unknown as Outputs;

test("the columns of the nodes stay in line with the longest role", () => {
  const lines = describeEnvironment(outputs, "id").split("\n");
  const hosts = lines.filter((line) => / 10\.0\./.test(line));
  assert.deepEqual(hosts, [
    "  manager         manager         10.0.0.4",
    "  load-generator  load-generator  10.0.16.10  load_generator=true",
    "  kafka           kafka           10.0.1.6    kafka_server=true",
  ]);
});

test("the next steps have the doctor and the load test, with its generator if it is missing", () => {
  const withK6 = describeEnvironment(outputs, "id");
  for (const step of ["./run doctor", "./run event", "./run shell manager"])
    assert.ok(withK6.split("\n").includes(`  ${step}`), step);
  const without = describeEnvironment({ ...outputs, loadGenerator: "off" }, "id");
  assert.match(
    without,
    /^ {2}\.\/run pulumi config set --stack local loadGenerator k6 && \.\/run up && \.\/run event$/m,
  );
});
