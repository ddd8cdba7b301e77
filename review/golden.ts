import { stringify } from "yaml";
import { renderedOf } from "../policy/rendered.ts";
import { readScript } from "../policy/script-text.ts";
import { labels, type Show } from "./labels.ts";
import type { Resource } from "./plan.ts";

/**
 * Renders a stack as texts that a reviewer reads: `resources.yaml` with the inputs of every
 * resource, and each text that hosts and the Swarm get. Digests and suffixes that derive from other
 * texts are left out, so that a change appears only where it is made.
 *
 * @returns Texts by file name.
 */
export function golden(resources: readonly Resource[]): Record<string, string> {
  const show = withoutDerived(labels([], resources).after);
  const { composes, configs } = renderedOf(resources);
  const scripts = new Map<string, string>();
  const scriptOf = (name: string, body: string): string => {
    const known = scripts.get(body);
    if (known !== undefined) return known;
    const path = `scripts/${name}.txt`;
    scripts.set(body, path);
    return path;
  };
  const listed = resources
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs }) => [
      `${type} ${name}`,
      Object.fromEntries(
        Object.entries(inputs)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => [key, described(key, value, name, scriptOf, show)]),
      ),
    ]);
  const files = (folder: string, extension: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, text]) => [`${folder}/${name}${extension}`, show(text)] as const);
  return Object.fromEntries([
    ["resources.yaml", stringify(Object.fromEntries(listed), { lineWidth: 0, aliasDuplicateObjects: false })],
    ...files("compose", ".yaml", composes),
    ...files("configs", ".properties", configs),
    ...[...scripts].map(([body, path]) => [path, show(body)] as const),
  ]);
}

function described(
  key: string,
  value: unknown,
  name: string,
  scriptOf: (name: string, body: string) => string,
  show: Show,
): unknown {
  if (typeof value !== "string") return JSON.parse(show(JSON.stringify(value))) as unknown;
  if (!value.startsWith("#!")) return show(value);
  const { values, body } = readScript(value);
  const shown = Object.entries(values).map(([variable, text]) => {
    if (variable === "COMPOSE" || variable === "CONTENT") return [variable, "(in a separate file)"];
    if (typeof text !== "string") return [variable, text.map(show)];
    return [variable, text.startsWith("#!") ? scriptOf(`${name}-${variable.toLowerCase()}`, text) : show(text)];
  });
  return {
    script: scriptOf(key === "userData" ? `${name}-user-data` : name, body),
    values: Object.fromEntries(shown) as unknown,
  };
}

/** Leaves out digests and suffixes that derive from other texts. */
function withoutDerived(show: Show): Show {
  return (text) =>
    show(text)
      .replaceAll(/("contextDigest":")[0-9a-f]{64}/g, "$1(digest)")
      .replaceAll(/(\{[a-z-]+\.repositoryUrl\}):[0-9a-f]{12}/g, "$1:(digest)")
      .replaceAll(/\b([a-z]+_[a-z-]+)-[0-9a-f]{12}\b/g, "$1-(digest)")
      .replaceAll(/\b([a-z0-9-]*[a-z0-9])-[0-9a-f]{7}\b/g, "$1-(suffix)");
}
