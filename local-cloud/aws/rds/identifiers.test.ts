import assert from "node:assert/strict";
import { test } from "node:test";
import {
  databaseNameFault,
  identifierFault,
  masterUserFault,
  parameterGroupNameFault,
  passwordFault,
  subnetGroupNameFault,
} from "./identifiers.ts";

const rules: [string, (text: string) => string | undefined, { right: string[]; wrong: string[] }][] = [
  [
    "an instance's identifier",
    identifierFault,
    {
      right: ["a", "main-db-1", "a".repeat(63)],
      wrong: ["", "1db", "-db", "db-", "d--b", "Db", "d_b", "a".repeat(64)],
    },
  ],
  [
    "a subnet group's name",
    subnetGroupNameFault,
    { right: ["main", "1 a_b.c-"], wrong: ["", "default", "Default", "Main", "a/b", "a".repeat(256)] },
  ],
  [
    "a parameter group's name",
    parameterGroupNameFault,
    { right: ["main"], wrong: ["", "default.postgres17", "1a", "a--b", "a-", "A"] },
  ],
  [
    "the master user's name",
    masterUserFault,
    { right: ["app", "App_1"], wrong: ["", "1app", "app-1", "rdsadmin", "pg_app", "a".repeat(64)] },
  ],
  [
    "a database's name",
    databaseNameFault,
    { right: ["app", "_a1"], wrong: ["", "1a", "a-b", "rdsadmin", "template1"] },
  ],
  [
    "a password",
    passwordFault,
    {
      right: ["12345678", "x".repeat(128)],
      wrong: ["1234567", "x".repeat(129), "with/slash", 'with"quote', "with@at!", "with space", "passwörter"],
    },
  ],
];

for (const [what, fault, { right, wrong }] of rules) {
  for (const text of right) {
    test(`${what} may be ${JSON.stringify(text.slice(0, 20))} (${text.length})`, () => {
      assert.equal(fault(text), undefined);
    });
  }
  for (const text of wrong) {
    test(`${what} may not be ${JSON.stringify(text.slice(0, 20))} (${text.length})`, () => {
      assert.notEqual(fault(text), undefined);
    });
  }
}

test("the reason for a wrong password never quotes it", () => {
  for (const password of ["short", "with space in it", "ümlaut-passwort"]) {
    assert.equal(passwordFault(password)?.includes(password), false);
  }
});
