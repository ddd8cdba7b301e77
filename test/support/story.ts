import { it } from "node:test";

/** Adds a step to a story: its promise, and the test of it. */
export type Step = (promise: string, act: () => Promise<void>) => void;

/**
 * Returns a function that adds the steps of a story: tests that build on each other. After a
 * failure the rest are skipped with the name of the failed step, instead of waiting for its
 * effects.
 */
export function story(): Step {
  let broken: string | undefined;
  return (promise, act) => {
    it(promise, async (test) => {
      if (broken !== undefined) {
        test.skip(`skipped, because this step failed: ${broken}`);
        return;
      }
      broken = promise;
      await act();
      broken = undefined;
    });
  };
}
