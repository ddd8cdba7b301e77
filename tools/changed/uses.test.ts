import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FileTree, usesOf } from "./uses.ts";

const tree = new FileTree([
  "infra/plans/fleet.ts",
  "infra/plans/fleet.test.ts",
  "infra/scripts/join.sh",
  "infra/scripts/lib/swarm.sh",
  "services/main-api/main.ts",
  "services/main-api/page/page.css",
  "services/issuer/main.ts",
  "services/testing/main.ts",
  "tools/lib.sh",
]);

describe("usesOf", () => {
  for (const [what, file, text, used] of [
    ["an import from its folder", "infra/plans/flows.ts", 'import { a } from "./fleet.ts";', ["infra/plans/fleet.ts"]],
    ["an import of a workspace", "index.ts", 'import "@gifticon/main-api/main.ts";', ["services/main-api/main.ts"]],
    ["a path from the root", "stacks/stack.ts", 'render("infra/scripts/join.sh")', ["infra/scripts/join.sh"]],
    ["a path after a known folder", "tools/commands/up.sh", 'source "$checkout/tools/lib.sh"', ["tools/lib.sh"]],
    ["a path after a computed folder", "tools/commands/up.sh", 'source "$(dirname "$0")/../lib.sh"', ["tools/lib.sh"]],
    [
      "a file's name in a call in a template",
      "services/main-api/page/html.ts",
      "`${own('page.css')}`",
      ["services/main-api/page/page.css"],
    ],
    [
      "all files in a folder",
      "infra/scripts/render.ts",
      'readdir("infra/scripts/lib")',
      ["infra/scripts/lib/swarm.sh"],
    ],
    [
      "every file that a variable name can mean, apart from files for tests",
      "operate/start.ts",
      "`../services/${name}/main.ts`",
      ["services/main-api/main.ts", "services/issuer/main.ts"],
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.deepEqual(usesOf(file, text, tree), used);
    });
  }

  for (const [what, text] of [
    ["a comment", "// See infra/scripts/join.sh.\n# tools/lib.sh\n * tools/lib.sh"],
    ["an absolute path", 'request("/tools/lib.sh")'],
    ["a test", 'import "infra/plans/fleet.test.ts";'],
    ["a word that equals a folder's name", '"infra"'],
    ["a name of variables only", '"${one}/$two"'],
  ] as const) {
    it(`finds nothing in ${what}`, () => {
      assert.deepEqual(usesOf("index.ts", text, tree), []);
    });
  }
});
