import { parse } from "yaml";
import type { Compose } from "../stacks/compose.ts";
import type { PolicyResource } from "./plan.ts";
import { readScript, type ScriptText } from "./script-text.ts";

/** Texts that one version of a stack sends to hosts and to the Swarm. */
export interface Rendered {
  /** Compose files, by stack. */
  composes: Record<string, string>;
  /** Swarm configs, by the name of the resource that creates them. */
  configs: Record<string, string>;
  /** User data, by host. */
  userData: Record<string, ScriptText>;
  /** Scripts for hosts, by the name of the resource that runs them. */
  scripts: Record<string, ScriptText>;
}

const COMMAND = "command:remote:Command";
const INSTANCE = "aws:ec2/instance:Instance";

/** Extracts the texts from a stack's resources, in the order of the resources. */
export function renderedOf(resources: readonly PolicyResource[]): Rendered {
  const rendered: Rendered = { composes: {}, configs: {}, userData: {}, scripts: {} };
  for (const { type, name, inputs } of resources) {
    if (type === INSTANCE && typeof inputs["userData"] === "string") {
      rendered.userData[name] = readScript(inputs["userData"]);
    }
    if (type !== COMMAND || typeof inputs["stdin"] !== "string") continue;
    const { values, body } = readScript(inputs["stdin"]);
    const { COMPOSE, CONTENT, ...others } = values;
    if (typeof COMPOSE === "string" && typeof values["STACK"] === "string")
      rendered.composes[values["STACK"]] = COMPOSE;
    if (typeof CONTENT === "string" && values["KIND"] === "config") rendered.configs[name] = CONTENT;
    rendered.scripts[name] = { values: others, body };
  }
  return rendered;
}

/** Parses the Compose files. */
export function composesOf({ composes }: Rendered): Record<string, Compose> {
  return Object.fromEntries(
    Object.entries(composes).map(([stack, text]) => [stack, parse(text, { version: "1.1" }) as Compose]),
  );
}
