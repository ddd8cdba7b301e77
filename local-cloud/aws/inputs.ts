import { z } from "zod";
import type { Properties } from "../provider/resource-type.ts";
import { region } from "../engine/account.ts";

/**
 * Schema of tags, with AWS's limits: at most 50 tags, keys of 1 to 128 characters that don't begin
 * with "aws:", values of at most 256 characters.
 */
export const tagsInput = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .refine((key) => !key.toLowerCase().startsWith("aws:"), { error: "a tag key must not begin with aws:" }),
    z.string().max(256),
  )
  .refine((tags) => Object.keys(tags).length <= 50, { error: "at most 50 tags" })
  .optional();

/** Schema of a resource's own region. local-cloud serves one region at a time. */
export const regionInput = z
  .string()
  .refine((name) => name === region(), {
    error: () => `local-cloud serves one region at a time, the provider's: ${region()}`,
  })
  .optional();

/**
 * Returns the schema of a property that local-cloud doesn't support. A value fails with the reason
 * instead of being ignored.
 */
export function refused(reason: string) {
  return z.undefined({ error: `is not supported by local-cloud: ${reason}` }).optional();
}

/**
 * Returns the schema of a switch that local-cloud can't turn on: false passes, true fails with the
 * reason.
 */
export function onlyFalse(reason: string) {
  return z.literal(false, { error: `can't be true in local-cloud: ${reason}` }).optional();
}

/** Returns the schema of a provider id such as "vpc-0123456789abcdef0". */
export function idInput(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), { error: `must be an id such as ${prefix}-0123456789abcdef0` });
}

/**
 * Returns a zod refinement of a text.
 *
 * @param fault returns the reason why a text is wrong, or undefined.
 */
export function validatedBy(fault: (text: string) => string | undefined) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    const message = fault(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };
}

/** Returns the outputs `region` and `tagsAll`, which every AWS resource has. */
export function commonOutputs(inputs: {
  tags?: Record<string, string> | undefined;
  tagsAll?: Record<string, string> | undefined;
}): Properties {
  return { region: region(), tagsAll: inputs.tagsAll ?? inputs.tags ?? {} };
}

/**
 * Returns the inputs that are outputs too: without undefined values and without the provider's
 * internal properties ("__defaults").
 */
export function defined(properties: object): Properties {
  const kept = Object.entries(properties as Properties).filter(
    ([name, value]) => (value as unknown) !== undefined && !name.startsWith("__"),
  );
  return Object.fromEntries(kept);
}
