import { it } from "node:test";

/** A step of a story: what it promises, and how that is tried. */
export type Step = (promise: string, act: () => Promise<void>) => void;

/**
 * The steps of a story: tests that build on each other. After one has failed the rest are skipped,
 * each naming the step that broke the story, instead of waiting for what can't come any more.
 */
export function story(): Step {
  let broken: string | undefined;
  return (promise, act) => {
    it(promise, async (test) => {
      if (broken !== undefined) {
        test.skip(`not tried, because this failed before: ${broken}`);
        return;
      }
      broken = promise;
      await act();
      broken = undefined;
    });
  };
}
