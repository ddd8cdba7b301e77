import { UNKNOWN, type Properties, type Value } from "../resource-type.ts";
import { dottedNames, formatPath, type Path } from "./paths.ts";
import { isRecord } from "./values.ts";

// The protocol marks special values by an object with this key; the value says which kind.
// https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/types.html
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** The constants that stand for an unknown value, one for each type. */
const UNKNOWNS = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // list
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Length from which a secret is also searched inside of values. Shorter ones occur by chance. */
const MINIMUM_INSIDE = 8;

/** The secrets in a set of properties: their paths and their texts. */
export interface Secrets {
  paths: ReadonlySet<string>;
  texts: ReadonlySet<string>;
}

export interface Decoded {
  properties: Properties;
  secrets: Secrets;
}

export function mergeSecrets(...all: readonly Secrets[]): Secrets {
  return {
    paths: new Set(all.flatMap(({ paths }) => [...paths])),
    texts: new Set(all.flatMap(({ texts }) => [...texts])),
  };
}

/**
 * Reads properties from the wire. Secrets and outputs are unwrapped and recorded, a resource
 * becomes its id, each kind of unknown value becomes UNKNOWN, and a null member is absent. Assets
 * and archives stay as they are.
 *
 * @param plain Names ("connection.host") whose text is not secret elsewhere.
 */
export function decode(wire: Record<string, unknown>, plain: readonly string[] = []): Decoded {
  const paths = new Set<string>();
  const texts = new Set<string>();

  const convert = (value: unknown, path: Path, secret: boolean): Value => {
    if (typeof value === "string") {
      if (UNKNOWNS.has(value)) return UNKNOWN;
      if (secret && value !== "" && !plain.includes(dottedNames(path))) texts.add(value);
      return value;
    }
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (Array.isArray(value)) return value.map((item, index) => convert(item, [...path, index], secret));
    if (!isRecord(value)) return null;
    switch (value[SIGNATURE]) {
      case SECRET:
        paths.add(formatPath(path));
        return convert(value["value"], path, true);
      case OUTPUT:
        if (value["secret"] === true) paths.add(formatPath(path));
        return "value" in value ? convert(value["value"], path, secret || value["secret"] === true) : UNKNOWN;
      case RESOURCE:
        return convert(value["id"] ?? value["urn"], path, secret);
      default:
        return members(value, path, secret);
    }
  };
  const members = (record: Record<string, unknown>, path: Path, secret: boolean): Properties =>
    Object.fromEntries(
      Object.entries(record)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([key, value]) => [key, convert(value, [...path, key], secret)]),
    );

  return { properties: members(wire, [], false), secrets: { paths, texts } };
}

/**
 * Writes properties to the wire. A value is marked secret if its path was secret, if it is or
 * contains the text of a secret, or if `alwaysSecret` names its top-level property.
 */
export function encode(properties: Properties, secrets: Secrets, alwaysSecret: readonly string[] = []): Properties {
  const always = new Set(alwaysSecret);
  const inside = [...secrets.texts].filter((text) => text.length >= MINIMUM_INSIDE);
  const revealing = (value: Value) =>
    typeof value === "string" && (secrets.texts.has(value) || inside.some((text) => value.includes(text)));

  const convert = (value: Value, path: Path): Value => {
    const top = path.length === 1 && always.has(String(path[0]));
    if (top || secrets.paths.has(formatPath(path)) || revealing(value)) {
      return { [SIGNATURE]: SECRET, value: unmarked(value) };
    }
    if (Array.isArray(value)) return value.map((item, index) => convert(item, [...path, index]));
    return isRecord(value) ? members(value, path) : value;
  };
  const members = (record: Properties, path: Path): Properties =>
    Object.fromEntries(present(record).map(([key, value]) => [key, convert(value, [...path, key])]));

  return members(properties, []);
}

/** Changes a value of the wire and keeps its mark as a secret, if it has one. */
export function mapSecret(value: unknown, change: (plain: unknown) => unknown): unknown {
  const isSecret = isRecord(value) && value[SIGNATURE] === SECRET;
  return isSecret ? { ...value, value: change(value["value"]) } : change(value);
}

/** Replaces each secret in a message by "[secret]". */
export function redact(text: string, secrets: Secrets): string {
  const hidden = [...secrets.texts].filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return hidden.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}

/** Returns the members with a value. The protocol has none for `undefined`. */
function present(record: Properties): [string, Value][] {
  return Object.entries(record).filter(([, value]) => (value as Value | undefined) !== undefined);
}

function unmarked(value: Value): Value {
  if (Array.isArray(value)) return value.map(unmarked);
  return isRecord(value) ? Object.fromEntries(present(value).map(([key, item]) => [key, unmarked(item)])) : value;
}
