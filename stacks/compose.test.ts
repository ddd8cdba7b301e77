import assert from "node:assert/strict";
import { test } from "node:test";
import { renderCompose } from "./compose.ts";
import { gifticonStack } from "./gifticon/gifticon-stack.ts";
import { digest } from "./swarm-file.ts";

test("a text that YAML 1.1 reads as something else is quoted", () => {
  const compose = gifticonStack({
    network: "event",
    spareWorkers: 0,
    api: { image: "on", replicas: 1, memoryMib: 128, poolSize: 1, port: 8080, countedOnAfter: 15 },
    database: { host: "n", port: 5432, name: "1e3", user: "yes", caFile: "/ca.pem" },
    passwordSecret: "secret",
  });
  const text = renderCompose(compose);
  for (const line of ['image: "on"', 'DATABASE_HOST: "n"', 'DATABASE_NAME: "1e3"', 'DATABASE_USER: "yes"']) {
    assert.ok(text.includes(line), line);
  }
});

test("a file's digest changes with its content and is short enough for a name", () => {
  assert.equal(digest("a").length, 12);
  assert.notEqual(digest("a"), digest("b"));
});
