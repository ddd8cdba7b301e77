import { createTwoFilesPatch } from "diff";
import type { Rendered } from "../policy/rendered.ts";
import type { ScriptText } from "../policy/script-text.ts";
import type { Show } from "./labels.ts";
import type { StackPlan } from "./plan.ts";

/** A text that differs, as a unified diff. */
export interface TextDiff {
  /** Title, such as "Compose file of kafka". */
  title: string;
  patch: string;
}

/** Returns the differences of all texts that hosts, the Swarm and image builds get. */
export function textDiffs(
  { before, after }: { before: Rendered; after: Rendered },
  dockerfiles: StackPlan["dockerfiles"],
  show: { before: Show; after: Show },
): TextDiff[] {
  const diff = (title: string, old: string | undefined, current: string | undefined): TextDiff[] => {
    const [left, right] = [show.before(old ?? ""), show.after(current ?? "")];
    if (left === right) return [];
    const text = createTwoFilesPatch(
      old === undefined ? "/dev/null" : "before",
      current === undefined ? "/dev/null" : "after",
      left,
      right,
      "",
      "",
      { context: 3 },
    );
    return [{ title, patch: text.replace(/^=+\n/, "") }];
  };
  const each = (
    title: (name: string) => string,
    olds: Readonly<Record<string, string>>,
    news: Readonly<Record<string, string>>,
  ) => namesOf(olds, news).flatMap((name) => diff(title(name), olds[name], news[name]));
  const scripts = (what: string, olds: Record<string, ScriptText>, news: Record<string, ScriptText>) => [
    ...bodies(what, olds, news).flatMap(({ title, old, current }) => diff(title, old, current)),
    ...each((name) => `values of ${name}`, valuesOf(olds, news), valuesOf(news, olds)),
  ];
  return [
    ...each((name) => `Compose file of ${name}`, before.composes, after.composes),
    ...each((name) => `config ${name}`, before.configs, after.configs),
    ...each((path) => path, dockerfiles.before, dockerfiles.after),
    ...scripts("user data of", before.userData, after.userData),
    ...scripts("script", before.scripts, after.scripts),
  ];
}

/**
 * Groups equal changes of scripts, so that one on many hosts is shown once. Scripts that are added
 * or deleted with their resource are left out.
 */
function bodies(what: string, olds: Record<string, ScriptText>, news: Record<string, ScriptText>) {
  const groups = new Map<string, { names: string[]; old: string; current: string }>();
  for (const name of Object.keys(news)) {
    const [old, current] = [olds[name]?.body, news[name]?.body];
    if (old === undefined || current === undefined || old === current) continue;
    const key = JSON.stringify([old, current]);
    const group = groups.get(key) ?? { names: [], old, current };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ names, old, current }) => ({ title: `${what} ${listed(names)}`, old, current }));
}

function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

/** Renders the values of scripts in both versions, a line for each. */
function valuesOf(scripts: Record<string, ScriptText>, others: Record<string, ScriptText>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(scripts)
      .filter(([name]) => others[name] !== undefined)
      .map(([name, { values }]) => [
        name,
        Object.entries(values)
          .map(([key, value]) => `${key}=${typeof value === "string" ? value : value.join(" ")}\n`)
          .join(""),
      ]),
  );
}

function namesOf(olds: object, news: object): string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])];
}
