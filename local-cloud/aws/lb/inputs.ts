import { z } from "zod";

/** Returns the schema of the name of a load balancer or target group, with ELB's limits. */
export function nameInput(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, {
      error: "only letters, digits and hyphens are allowed, and no hyphen at the start or end",
    });
}

/** Schema of a name's prefix: at most 6 characters of a name. It may end with a hyphen. */
export const namePrefixInput = z
  .string()
  .min(1)
  .max(6, { error: "must have at most 6 characters" })
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, {
    error: "only letters, digits and hyphens are allowed, and no hyphen at the start",
  });

export const portInput = z.number().int().min(1).max(65_535);

/** Returns the schema of a whole number of seconds in a range. */
export function secondsInput(from: number, to: number) {
  const error = `must be a whole number of seconds from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}
