import { statefulOf, stayingManagers } from "./consequences.ts";
import { compareNames, type Change, type Operation, type PropertyChange, type StackPlan } from "./plan.ts";

/** Severities of a change, in ascending order. */
export const grades = ["nothing changes", "adds", "updates in place", "REPLACES", "DELETES"] as const;
export type Grade = (typeof grades)[number];

/** Summary of a change to a stack. */
export interface ChangeVerdict {
  grade: Grade;
  /** Number of cloud resources by operation. Components don't count. */
  counts: Record<Operation, number>;
  replacements: Replacement[];
  deletions: { type: string; name: string }[];
  stateful: StatefulChange[];
  /** Deletions and creations that are one resource under two names. */
  renames: Rename[];
}

/** A resource that is replaced, and the properties that are the reason. */
export interface Replacement {
  type: string;
  name: string;
  reasons: PropertyChange[];
  refused: boolean;
}

/** A change of a stateful resource. */
export interface StatefulChange {
  operation: Operation;
  name: string;
  what: string;
  /** Effect: a loss or an interruption. Undefined without one. */
  effect: string | undefined;
  refused: boolean;
}

/** A resource whose URN changed, so that the engine sees two resources. */
export interface Rename {
  type: string;
  from: string;
  to: string;
}

/** Summarizes and grades the changes of a stack. */
export function assess({ before, changes }: Pick<StackPlan, "before" | "changes">): ChangeVerdict {
  const real = changes.filter(({ resource }) => resource.custom);
  const managers = stayingManagers({ before, changes });
  const counts = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { operation } of real) counts[operation] += 1;
  const renames = findRenames(real);
  const renamed = new Set(renames.map(({ type, from }) => `${type} ${from}`));
  const deletions = real.filter(({ operation }) => operation === "delete").map(({ resource }) => resource);
  const gone = deletions.filter(({ type, name }) => !renamed.has(`${type} ${name}`));
  return {
    grade: gradeOf(counts, gone.length, renames.length),
    counts,
    replacements: real
      .filter(({ operation }) => operation === "replace")
      .map(({ resource, properties, refused }) => ({
        type: resource.type,
        name: resource.name,
        reasons: properties.filter(({ replaces }) => replaces),
        refused,
      })),
    deletions: gone.map(({ type, name }) => ({ type, name })),
    stateful: real.flatMap((change) => statefulChange(change, managers)),
    renames,
  };
}

/** Returns the most severe grade. */
export function gravest(all: readonly Grade[]): Grade {
  return grades[Math.max(0, ...all.map((grade) => grades.indexOf(grade)))] ?? "nothing changes";
}

function gradeOf({ create, update, replace }: ChangeVerdict["counts"], deletions: number, renames: number): Grade {
  if (deletions > 0) return "DELETES";
  if (replace > 0 || renames > 0) return "REPLACES";
  if (update > 0) return "updates in place";
  return create > 0 ? "adds" : "nothing changes";
}

function statefulChange(change: Change, managers: readonly string[]): StatefulChange[] {
  const stateful = statefulOf(change, managers);
  const { operation, resource, properties, refused } = change;
  if (stateful === undefined || operation === "create") return [];
  const effects = properties.flatMap(({ path }) => stateful.interruption(path) ?? []);
  const effect = operation === "update" ? effects[0] : stateful.loss;
  return [{ operation, name: resource.name, what: stateful.what, effect, refused }];
}

/**
 * Finds pairs of a deletion and a creation of one type with mostly the same inputs. The resource,
 * or a component around it, was renamed without an alias, so the engine creates a new one.
 */
function findRenames(changes: readonly Change[]): Rename[] {
  const created = changes.filter(({ operation }) => operation === "create");
  const taken = new Set<Change>();
  return changes
    .filter(({ operation }) => operation === "delete")
    .flatMap((gone) => {
      const candidates = created
        .filter((one) => !taken.has(one) && one.resource.type === gone.resource.type)
        .map((one) => ({ one, likeness: likeness(gone, one) }))
        .sort((a, b) => b.likeness - a.likeness || compareNames(a.one.resource.name, b.one.resource.name));
      const [best] = candidates;
      if (best === undefined || best.likeness < 0.5) return [];
      taken.add(best.one);
      return [{ type: gone.resource.type, from: gone.resource.name, to: best.one.resource.name }];
    });
}

/** Returns the share of equal inputs, without the resource's own name and its tags. */
function likeness(gone: Change, created: Change): number {
  const [olds, news] = [gone, created].map(({ resource, before, after }) =>
    Object.entries((before ?? after)?.inputs ?? {})
      .filter(([key]) => key !== "tags")
      .map(([key, value]) => `${key}=${JSON.stringify(value).replaceAll(resource.name, "NAME")}`),
  );
  const [left, right] = [new Set(olds), new Set(news)];
  const common = [...left].filter((entry) => right.has(entry)).length;
  return left.size + right.size === 0 ? 1 : (2 * common) / (left.size + right.size);
}
