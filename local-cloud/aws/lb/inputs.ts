import { z } from "zod";

/** The name of a load balancer or target group as ELB allows it. */
export function nameInput(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, {
      error: "only letters, digits and hyphens are allowed, and no hyphen at the start or end",
    });
}

/** What a name begins with: as a name, but it may end with a hyphen. At most 6 characters. */
export const namePrefixInput = z
  .string()
  .min(1)
  .max(6, { error: "must have at most 6 characters" })
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, {
    error: "only letters, digits and hyphens are allowed, and no hyphen at the start",
  });

export const portInput = z.number().int().min(1).max(65_535);

/** A whole number of seconds in a range. */
export function secondsInput(from: number, to: number) {
  const error = `must be a whole number of seconds from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}
