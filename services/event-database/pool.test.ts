import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { createPool } from "./pool.ts";

test("the loss of an idle connection is logged with its reason, without pg's client", async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const settings = { host: "127.0.0.1", port: 1, name: "event", user: "u", password: "p", ca: undefined, poolSize: 1 };
  const pool = createPool(settings, "test", log);
  const client = { ssl: { ca: "a certificate" } };
  pool.emit("error", Object.assign(new Error("terminating connection"), { client }), client);
  await pool.end();
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  assert.equal(line?.["reason"], "terminating connection");
  assert.doesNotMatch(lines.join(""), /certificate/);
});
