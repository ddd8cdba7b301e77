import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { faultsOfScript } from "./script-comments.ts";

const words = (columns: number): string => "word ".repeat(columns).slice(0, columns - 1) + "x";

describe("faultsOfScript", () => {
  it("accepts comments of 100 columns, and any width of code, interpreter, directive and address", () => {
    const text = [
      `#!/usr/bin/env ${words(100)}`,
      `# ${words(98)}`,
      `# shellcheck disable=SC2034 # ${words(90)}`,
      `# https://example.com/${"a".repeat(100)}`,
      `echo ${words(110)}`,
    ];
    assert.deepEqual(faultsOfScript(text.join("\n")), []);
  });

  it("reports a wide line by its number", () => {
    assert.deepEqual(faultsOfScript(`# short\n  # ${words(99)}`), [
      "2: a comment takes at most 100 columns; this line has 103",
    ]);
  });

  it("reports a comment that begins with a clause, but not a line that continues one", () => {
    const [fault, ...others] = faultsOfScript("# What a host runs,\n# whether it is new or not.\n\n# Joins the Swarm.");
    assert.match(fault ?? "", /^1: .* not "What"$/);
    assert.deepEqual(others, []);
  });
});
