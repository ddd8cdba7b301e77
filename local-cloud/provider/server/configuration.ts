import { z } from "zod";
import type { CheckFailure } from "../resource-type.ts";
import { nameOf } from "./context.ts";
import { decode, mapSecret, type Decoded } from "./wire.ts";

/**
 * Reads a provider's configuration from the wire. The engine and the SDK write a member that is no
 * text as JSON, in which values can be marked as secret. The SDK adds members of its own.
 */
export function decodeConfiguration(schema: z.ZodType, wire: Record<string, unknown>): Decoded {
  const shape: Record<string, z.ZodType> = schema instanceof z.ZodObject ? schema.shape : {};
  const own = Object.entries(wire).filter(([name]) => !name.startsWith("__") && name !== "version");
  return decode(
    Object.fromEntries(own.map(([name, value]) => [name, mapSecret(value, (plain) => fromText(plain, shape[name]))])),
  );
}

function fromText(value: unknown, schema: z.ZodType | undefined): unknown {
  if (typeof value !== "string" || schema?.safeParse(value).success === true) return value;
  if (value === "" && schema?.safeParse(undefined).success === true) return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Adds the key and the file to each failure of the provider that the stack's file configures. */
export function withSource(urn: string, packageName: string, failures: CheckFailure[]): CheckFailure[] {
  const stack = /^urn:pulumi:(.*?)::/.exec(urn)?.[1];
  if (stack === undefined || !nameOf(urn).startsWith("default")) return failures;
  return failures.map(({ property, reason }) => ({
    property,
    reason: `${reason}; it is ${packageName}:${property} in Pulumi.${stack}.yaml`,
  }));
}
