import assert from "node:assert/strict";
import { CASES } from "../../chaos/cases.ts";
import { Environment } from "../../chaos/environment/environment.ts";
import { runCase } from "../../chaos/run.ts";
import type { LocalStack } from "../../operate/local-stack.ts";
import type { Step } from "../support/story.ts";

/** Adds a step for each case of `./run chaos --fast`, on the running environment. */
export function faultSteps(step: Step, stack: LocalStack): void {
  for (const one of CASES.filter(({ fast }) => fast)) {
    step(`survives a fault: ${one.description}`, async () => {
      const environment = await Environment.open(stack.account, () => stack.outputs());
      const { violations, observations } = await runCase(one, {
        ...{ environment, users: 20, fast: true },
        signal: new AbortController().signal,
        report: () => undefined,
        up: async (more) => {
          await stack.succeed("up", ["--refresh", ...more]);
        },
      });
      assert.deepEqual({ violations, seen: observations.length > 0 }, { violations: [], seen: true });
    });
  }
}
