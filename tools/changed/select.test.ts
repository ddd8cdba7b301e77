import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectLayers } from "./select.ts";

const uses = new Map([
  ["infra/plans/fleet.test.ts", ["infra/plans/fleet.ts"]],
  ["index.ts", ["infra/plans/fleet.ts", "infra/scripts/join.sh"]],
  ["test/program/graph.test.ts", ["index.ts"]],
  ["test/program/texts.test.ts", ["index.ts"]],
  ["test/e2e/environment.test.ts", ["operate/local-stack.ts"]],
  ["operate/local-stack.ts", ["index.ts"]],
  ["local-cloud/sweep.engine.test.ts", ["local-cloud/sweep.ts"]],
]);
const tests = [...uses.keys()].filter((file) => file.endsWith(".test.ts"));
const layersAfter = (...changed: string[]) =>
  Object.fromEntries(selectLayers(changed, uses, tests).map(({ layer, files }) => [layer, files ?? "all"]));

describe("selectLayers", () => {
  it("selects nothing without a change", () => {
    assert.deepEqual(layersAfter(), {});
  });

  it("selects only the format for Markdown", () => {
    assert.deepEqual(layersAfter("docs/security.md"), { format: "all" });
  });

  it("selects the tests that import a module directly or indirectly", () => {
    assert.deepEqual(layersAfter("infra/plans/fleet.ts"), {
      ...{ format: "all", lint: "all", types: "all" },
      unit: ["infra/plans/fleet.test.ts"],
      program: ["test/program/graph.test.ts", "test/program/texts.test.ts"],
      e2e: ["test/e2e/environment.test.ts"],
    });
  });

  it("selects the shell's checks for a script, and the tests of the program that sends it to hosts", () => {
    assert.deepEqual(layersAfter("infra/scripts/join.sh"), {
      ...{ format: "all", lint: "all", shell: "all" },
      program: ["test/program/graph.test.ts", "test/program/texts.test.ts"],
      e2e: ["test/e2e/environment.test.ts"],
    });
  });

  it("selects a changed test, and the test of a changed snapshot", () => {
    const all = { format: "all", lint: "all", types: "all" };
    assert.deepEqual(layersAfter("local-cloud/sweep.engine.test.ts"), {
      ...all,
      engine: ["local-cloud/sweep.engine.test.ts"],
    });
    assert.deepEqual(layersAfter("test/program/texts.test.ts.snapshot"), {
      format: "all",
      program: ["test/program/texts.test.ts"],
    });
  });

  it("selects every layer for the packages and the scripts that run the tests", () => {
    for (const file of ["package-lock.json", "tsconfig.json", "tools/run-tests.sh", "tools/prepare.sh"]) {
      assert.deepEqual(Object.keys(layersAfter("docs/security.md", file)), [
        ...["format", "lint", "types", "shell", "unit", "program", "review", "engine", "services", "e2e"],
      ]);
    }
  });

  it("explains how a test depends on the change", () => {
    const [last] = selectLayers(["infra/scripts/join.sh"], uses, tests).slice(-1);
    assert.equal(
      last?.because,
      "test/e2e/environment.test.ts uses operate/local-stack.ts uses index.ts uses infra/scripts/join.sh, which is changed",
    );
  });
});
