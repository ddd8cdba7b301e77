import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLoadBalancer } from "./load-balancer.ts";

const found = (entrance: number | string) => checkLoadBalancer("http://api", { entrance }).map(({ what }) => what);

test("an entrance that answers is well; another answer, or none, is told", () => {
  assert.deepEqual(found(200), []);
  assert.deepEqual(found(503), ["http://api answers 503 from here"]);
  assert.deepEqual(found("connect ECONNREFUSED"), ["http://api doesn't answer (connect ECONNREFUSED) from here"]);
});
