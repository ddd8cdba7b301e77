import assert from "node:assert/strict";
import { test } from "node:test";
import { HOST_LABEL, STACK_LABEL } from "@gifticon/contract/facts/names.ts";
import { HOST_FOLDER } from "@gifticon/contract/facts/paths.ts";
import fc from "fast-check";
import { renderScript } from "../infra/scripts/render-script.ts";
import { readScript } from "./script-text.ts";

const SCRIPT = "infra/scripts/manager/swarm-token.sh";
const VALUES = { KEY: "token", REPAIR: "none", SWARM_ID: "it's", ROLE: "worker" };
/** Facts that the script's libraries use. */
const FACTS = { HOST_FOLDER, HOST_LABEL, STACK_LABEL };

test("a rendered script splits into its values and its body", () => {
  const name = fc.stringMatching(/^T_[A-Z0-9_]{0,8}$/);
  const word = fc.string().map((text) => text.replaceAll("\0", ""));
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(word, fc.array(word)), { noNullPrototype: true }), (triggers) => {
      assert.deepEqual(readScript(renderScript(SCRIPT, VALUES, triggers)).values, {
        ...FACTS,
        ...VALUES,
        ...triggers,
      });
    }),
  );
});

test("the body includes the libraries", () => {
  const { body } = readScript(renderScript(SCRIPT, VALUES));
  assert.ok(body.startsWith("set -euo pipefail\n"));
  assert.doesNotMatch(body, /SWARM_ID='/);
});

test("any other text becomes a body without values", () => {
  assert.deepEqual(readScript("echo hello\n"), { values: {}, body: "echo hello\n" });
});
