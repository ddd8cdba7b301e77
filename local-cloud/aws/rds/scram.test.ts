import assert from "node:assert/strict";
import { test } from "node:test";
import { scramVerifier } from "./scram.ts";

test("the verifier equals PostgreSQL's for the same password and salt", () => {
  // SELECT rolpassword FROM pg_authid after ALTER ROLE ... PASSWORD 'pencil-case' on PostgreSQL 17.
  const stored =
    "SCRAM-SHA-256$4096:8FDbd4jSAvyVUgqCAv7Rfg==$bEr6tNtFYfoT1cvWcmEb+x3B+WTRHOH+nC2N+KjZb0E=:WOUPWwYG13ZuFMdDC6tUWDvGUSFWVqk5dY04pfU3600=";
  const salt = Buffer.from(stored.split(/[:$]/)[2] ?? "", "base64");
  assert.equal(scramVerifier("pencil-case", salt), stored);
});

test("each verifier has a new salt", () => {
  assert.notEqual(scramVerifier("pencil-case"), scramVerifier("pencil-case"));
});
