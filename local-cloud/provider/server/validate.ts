import { z } from "zod";
import { UNKNOWN, type CheckFailure, type Properties, type Value } from "../resource-type.ts";
import { formatPath, type Path } from "./paths.ts";
import { hasUnknown, valueAt } from "./values.ts";
import { redact, type Secrets } from "./wire.ts";

export interface Validated {
  /** The inputs. They have the schema's defaults if there are no failures. */
  inputs: Properties;
  failures: CheckFailure[];
}

/**
 * Validates inputs by a strict schema. An unknown value is accepted whatever the schema says, and
 * so is a union or a rule of a whole object that holds one. The engine has them checked again when
 * the values are known.
 */
export function validate(schema: z.ZodType, properties: Properties, secrets: Secrets): Validated {
  const result = schema.safeParse(properties);
  if (result.success) return { inputs: result.data as Properties, failures: [] };
  const failures = result.error.issues
    .filter((issue) => !dueToUnknown(issue, properties))
    .flatMap((issue) => describe(issue, schema, properties, secrets));
  return { inputs: failures.length > 0 ? properties : withDefaults(schema, properties), failures };
}

function dueToUnknown(issue: z.core.$ZodIssue, properties: Properties): boolean {
  const value = valueAt(properties, toPath(issue.path));
  if (value === UNKNOWN) return true;
  return (issue.code === "invalid_union" || issue.code === "custom") && hasUnknown(value);
}

/**
 * Returns the inputs with the schema's defaults, although the schema did not accept all of them:
 * zod's core keeps the members beside a wrong one.
 */
function withDefaults(schema: z.ZodType, properties: Properties): Properties {
  const payload = schema._zod.run({ value: properties, issues: [] }, { async: false });
  return payload instanceof Promise ? properties : (payload.value as Properties);
}

function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  properties: Properties,
  secrets: Secrets,
): CheckFailure[] {
  const path = toPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const allowed = membersAt(schema, path);
    const hint = allowed.length > 0 ? `; allowed: ${allowed.join(", ")}` : "";
    return issue.keys.map((key) => ({ property: formatPath([...path, key]), reason: `unknown property${hint}` }));
  }
  const value = valueAt(properties, path);
  const property = formatPath(path);
  if (value === undefined && issue.code === "invalid_type") {
    return [{ property, reason: `is required: expected ${issue.expected}` }];
  }
  const got = value === undefined ? "" : ` (got ${redact(shown(value, path, secrets), secrets)})`;
  return [{ property, reason: `${message(issue)}${got}` }];
}

/** Returns the message of an issue: for a union, that of the member with the fewest issues. */
function message(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
  const reasons = closest?.map((inner) => [formatPath(toPath(inner.path)), message(inner)].filter(Boolean).join(": "));
  return reasons === undefined || reasons.length === 0 ? issue.message : reasons.join("; ");
}

function shown(value: Value, path: Path, secrets: Secrets): string {
  const secret = path.some((_, index) => secrets.paths.has(formatPath(path.slice(0, index + 1))));
  if (secret) return "[secret]";
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

/** Returns the property names of the object at a path of the schema. */
function membersAt(schema: z.core.$ZodType, path: Path): string[] {
  const current = unwrap(schema);
  const [part, ...rest] = path;
  if (part === undefined) return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
  const next = childOf(current, part);
  return next === undefined ? [] : membersAt(next, rest);
}

function childOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.core.$ZodType>)[part];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

function toPath(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === "number" ? part : String(part)));
}
