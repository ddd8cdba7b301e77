import assert from "node:assert/strict";
import { test } from "node:test";
import { WORKER_VALUES } from "./testing.ts";
import { renderUserData } from "./user-data.ts";

test("user data above AWS's limit is refused", () => {
  assert.throws(
    () => renderUserData({ ...WORKER_VALUES, sessionManager: false, hostName: "x".repeat(20_000) }),
    /bytes; AWS allows 16384/,
  );
});
