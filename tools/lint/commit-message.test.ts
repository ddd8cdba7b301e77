import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { faultsOfMessage } from "./commit-message.ts";

const message = (subject: string, body = "The reason."): string => `${subject}\n\n${body}\n`;
const subjectOf = (columns: number): string => `area: ${"x".repeat(columns - 6)}`;

describe("faultsOfMessage", () => {
  for (const [what, text] of Object.entries({
    "a subject of 72 columns with a body": message(subjectOf(72)),
    "an area of several words": message("load test: count users"),
    "the comments of an editor's template": `area: change\n# note\n\nThe reason.\n# another\n`,
    "a diff below the scissors": `${message("area: change")}# --- >8 ---\n${"diff ".repeat(40)}\n`,
    "a merge by Git": "Merge branch 'main'\n",
  })) {
    it(`accepts ${what}`, () => {
      assert.deepEqual(faultsOfMessage(text), []);
    });
  }

  for (const [what, text, fault] of [
    ["a subject of 73 columns", message(subjectOf(73)), /at most 72 columns, and has 73/],
    ["a subject without an area", message("Change a thing"), /"area: what changes"/],
    ["a message without a body", "area: change\n", /reason/],
    ["a body of comments only", "area: change\n\n# note\n", /reason/],
    ["a body of trailers only", message("area: change", "Signed-off-by: A Name <a@example.com>"), /reason/],
    ["a body without an empty line before it", "area: change\nThe reason.\nMore.\n", /empty line/],
  ] as const) {
    it(`reports ${what}`, () => {
      const [first = "", ...others] = faultsOfMessage(text);
      assert.match(first, fault);
      assert.deepEqual(others, []);
    });
  }
});
