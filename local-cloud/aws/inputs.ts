import { z } from "zod";
import type { Properties } from "../provider/resource-type.ts";
import { region } from "../engine/account.ts";

/** Tags as AWS allows them: at most 50, keys up to 128 characters and not of AWS's own, values up to 256. */
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

/** The region that a resource names for itself; local-cloud serves one region at a time. */
export const regionInput = z
  .string()
  .refine((name) => name === region(), {
    error: () => `local-cloud serves one region at a time, the provider's: ${region()}`,
  })
  .optional();

/** A property of the real resource that local-cloud can't honour: given, it fails with the reason instead of being ignored. */
export function refused(reason: string) {
  return z.undefined({ error: `is not supported by local-cloud: ${reason}` }).optional();
}

/** A switch of the real resource that local-cloud can't turn on: false is fine, true fails with the reason. */
export function onlyFalse(reason: string) {
  return z.literal(false, { error: `can't be true in local-cloud: ${reason}` }).optional();
}

/** A provider id such as "vpc-0123456789abcdef0". */
export function idInput(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), { error: `must be an id such as ${prefix}-0123456789abcdef0` });
}

let defaultTags: Record<string, string> = {};

/** Sets the tags of the provider's configuration, which every resource gets beside its own. */
export function setDefaultTags(tags: Record<string, string>): void {
  defaultTags = tags;
}

/** The outputs `tags` and `tagsAll`, and `region`: every AWS resource of the provider has them. */
export function commonOutputs(inputs: { tags?: Record<string, string> | undefined }): Properties {
  return { region: region(), tagsAll: { ...defaultTags, ...inputs.tags } };
}

/** Inputs as outputs: without what is undefined, and without the provider's own notes. */
export function defined(properties: object): Properties {
  const kept = Object.entries(properties as Properties).filter(
    ([name, value]) => (value as unknown) !== undefined && !name.startsWith("__"),
  );
  return Object.fromEntries(kept);
}
