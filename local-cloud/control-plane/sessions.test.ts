import assert from "node:assert/strict";
import { test } from "node:test";
import { issueSession, openSession } from "./sessions.ts";

const secret = Buffer.alloc(32, 1);
const who = { roleName: "host-role", instanceId: "i-1" };
const hour = 3_600_000;

test("a session token opens with the account's secret, and holds the role, the instance and the key", () => {
  const issued = issueSession(secret, who, 0);
  assert.deepEqual(openSession(secret, issued.Token, hour), {
    ...who,
    accessKeyId: issued.AccessKeyId,
    secretAccessKey: issued.SecretAccessKey,
  });
});

test("a session expires after six hours, as its Expiration says", () => {
  const issued = issueSession(secret, who, 0);
  assert.equal(issued.Expiration, "1970-01-01T06:00:00Z");
  assert.equal(openSession(secret, issued.Token, 6 * hour), undefined);
});

test("another account's session does not open", () => {
  assert.equal(openSession(Buffer.alloc(32, 2), issueSession(secret, who, 0).Token, hour), undefined);
});

test("a session token with changed claims does not open", () => {
  const [claims = "", seal = ""] = issueSession(secret, who, 0).Token.split(".");
  const changed = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...changed, roleName: "administrator" })).toString("base64url");
  assert.equal(openSession(secret, `${forged}.${seal}`, hour), undefined);
});

for (const token of ["", "a", "a.b", "..", "\u0000.\u0000"]) {
  test(`${JSON.stringify(token)} is no session`, () => {
    assert.equal(openSession(secret, token, hour), undefined);
  });
}
