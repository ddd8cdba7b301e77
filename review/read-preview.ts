import { z } from "zod";
import {
  byTypeAndName,
  nameOf,
  type Change,
  type Operation,
  type Properties,
  type PropertyChange,
  type Resource,
} from "./plan.ts";

const state = z.object({
  type: z.string(),
  custom: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  id: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  protect: z.boolean().default(false),
});

/** The parts of `pulumi preview --json --show-sames` that are read. */
const digest = z.object({
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        oldState: state.optional(),
        newState: state.optional(),
        replaceReasons: z.array(z.string()).nullish(),
        detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
      }),
    )
    .nullish(),
});

/** Journal of a dry run: each resource's inputs, and its outputs if it is new or changes. */
export type Ledger = Readonly<Record<string, { inputs: Properties; outputs?: Properties | undefined }>>;

/** A preview of the engine: resources before and after, and changes. */
export interface Preview {
  before: Resource[];
  after: Resource[];
  changes: Change[];
}

const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  delete: "delete",
};

/**
 * Parses the engine's preview of a change.
 *
 * @param text The output of `pulumi preview --json --show-sames`.
 * @param ledgers The inputs that the programs before and after gave their resources.
 */
export function readPreview(text: string, ledgers: { before: Ledger; after: Ledger }): Preview {
  const before = new Map<string, Resource>();
  const after = new Map<string, Resource>();
  const changes = new Map<string, Change>();
  const deleted = new Set<string>();
  for (const { op, urn, oldState, newState, detailedDiff } of digest.parse(JSON.parse(text)).steps ?? []) {
    const old = oldState && resourceOf(urn, oldState, ledgers.before);
    const current = newState && resourceOf(urn, newState, ledgers.after);
    const type = (newState ?? oldState)?.type ?? "";
    if (type.startsWith("pulumi:")) continue;
    if (old !== undefined) before.set(urn, old);
    if (current !== undefined && op !== "delete" && op !== "delete-replaced") after.set(urn, current);
    if (op === "delete-replaced") deleted.add(urn);
    const operation = operations[op];
    if (operation === undefined || (changes.has(urn) && operation !== "replace")) continue;
    changes.set(urn, {
      operation,
      resource: { urn, type, name: nameOf(urn), custom: (newState ?? oldState)?.custom ?? false },
      ...(old === undefined ? {} : { before: old }),
      ...(current === undefined ? {} : { after: current }),
      properties: propertiesOf(detailedDiff ?? {}, old, current),
      refused: oldState?.protect === true && (operation === "replace" || operation === "delete"),
      deletedFirst: deleted.has(urn),
    });
  }
  const sorted = <T extends Resource>(found: Map<string, T>) => [...found.values()].sort(byTypeAndName);
  return {
    before: sorted(before),
    after: sorted(after),
    changes: [...changes.values()].sort((a, b) => byTypeAndName(a.resource, b.resource)),
  };
}

function resourceOf(urn: string, found: z.infer<typeof state>, ledger: Ledger): Resource {
  const { type, custom, inputs, outputs, dependencies } = found;
  return {
    urn,
    type,
    name: nameOf(urn),
    custom,
    inputs: unmasked(inputs, ledger[urn]?.inputs),
    outputs: { ...outputs, ...(found.id ? { id: found.id } : {}), ...ledger[urn]?.outputs },
    dependencies,
  };
}

/**
 * Restores scripts that the engine masks as a whole because they contain a secret. A secret itself
 * stays masked: it has no line break or is a key. Synthetic secrets are masked when they are
 * printed.
 */
function unmasked(inputs: Properties, given: Properties | undefined): Properties {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const text = given?.[name];
      return [name, value === "[secret]" && typeof text === "string" && text.startsWith("#!") ? text : value];
    }),
  );
}

function propertiesOf(
  diff: Record<string, { kind: string }>,
  before: Resource | undefined,
  after: Resource | undefined,
): PropertyChange[] {
  return Object.entries(diff)
    .flatMap(([path, { kind }]) =>
      path === "tagsAll"
        ? changesOfTags(before, after)
        : [
            {
              path,
              replaces: kind.endsWith("replace"),
              before: at(before?.inputs, path),
              after: at(after?.inputs, path),
            },
          ],
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Returns the changed tags when a tag setting of the provider is added or removed. Without such a
 * setting, a resource has only its own tags and no input `tagsAll`.
 */
function changesOfTags(before: Resource | undefined, after: Resource | undefined): PropertyChange[] {
  const [olds, news] = [before, after].map(
    (side) => (side?.inputs["tagsAll"] ?? side?.inputs["tags"] ?? {}) as Properties,
  );
  return [...new Set([...Object.keys(olds ?? {}), ...Object.keys(news ?? {})])]
    .map((key) => ({ path: `tagsAll.${key}`, replaces: false, before: olds?.[key], after: news?.[key] }))
    .filter((change) => change.before !== change.after);
}

/** Returns the value at a path of the engine: `a.b`, `a[0]`, `a["b.c"]`. */
function at(value: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    quoted === undefined ? (index ?? name ?? "") : quoted.replaceAll('\\"', '"'),
  );
  let current = value;
  for (const step of steps) {
    if (typeof current !== "object" || current === null) return current === "[secret]" ? current : undefined;
    current = (current as Properties)[step];
  }
  return current;
}
