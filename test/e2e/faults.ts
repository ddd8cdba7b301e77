import assert from "node:assert/strict";
import { CASES } from "../../chaos/cases.ts";
import { Environment } from "../../chaos/environment.ts";
import { runCase } from "../../chaos/run.ts";
import type { LocalStack } from "../../operate/local-stack.ts";
import type { Step } from "../support/story.ts";

/** One fault of each family under load, in its short form, on the environment that stands: `./run chaos --fast` as steps of a story. */
export function faultSteps(step: Step, stack: LocalStack): void {
  for (const one of CASES.filter(({ fast }) => fast)) {
    step(`comes through a fault: ${one.what}`, async () => {
      const environment = await Environment.open(stack.account, () => stack.outputs());
      const { violations, proofs } = await runCase(one, {
        ...{ environment, users: 20, fast: true },
        signal: new AbortController().signal,
        say: () => undefined,
        up: async (more) => {
          await stack.succeed("up", ["--refresh", ...more]);
        },
      });
      assert.deepEqual({ violations, seen: proofs.length > 0 }, { violations: [], seen: true });
    });
  }
}
