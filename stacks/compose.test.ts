import assert from "node:assert/strict";
import { test } from "node:test";
import { renderCompose } from "./compose.ts";

test("a text that YAML 1.1 would read as another value is quoted", () => {
  const config = (name: string) => ({ external: true as const, name });
  const text = renderCompose({
    services: {},
    networks: {},
    configs: { a: config("on"), b: config("n"), c: config("1e3"), d: config("yes") },
  });
  for (const quoted of ['name: "on"', 'name: "n"', 'name: "1e3"', 'name: "yes"']) {
    assert.ok(text.includes(quoted), quoted);
  }
});
