import type { z } from "zod";

/** A zod refinement from a function that says what is wrong with a text, or undefined. */
export function faultFree(fault: (text: string) => string | undefined) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };
}
