import { createHash } from "node:crypto";
import { SERVICES, STACKS } from "@gifticon/contract/facts/names.ts";
import type { Compose } from "../stacks/compose.ts";
import { composesOf, renderedOf } from "../policy/rendered.ts";
import { readOutputs, readState, textOf, type StackOutputs, type StateResource } from "../operate/stack-outputs.ts";

/** The environment as the last update applied it, from the program's outputs and state. */
export interface Declared {
  outputs: StackOutputs;
  /** The stack files, by stack. */
  composes: Record<string, Compose>;
  /** Instance ids by host name. */
  instances: Record<string, string>;
  /** Account id and region of the instances. */
  account: string;
  region: string;
  /** Digests of the join tokens in the program's state. */
  tokens: { worker?: string; manager?: string };
  state: StateResource[];
}

/** Reads the program's outputs and state. */
export async function readDeclared(stack: string): Promise<Declared> {
  const outputs = await readOutputs(stack);
  const state = await readState(stack);
  return { outputs, state, ...declaredBy(state) };
}

/** Finds the stack files, instances and join tokens in the state. */
function declaredBy(state: readonly StateResource[]): Omit<Declared, "outputs" | "state"> {
  const resources = state.map(({ urn, id = "", inputs = {}, outputs = {} }) => {
    const [, , types = "", name = ""] = urn.split("::");
    return { type: types.split("$").at(-1) ?? "", name, id, inputs, outputs };
  });
  const commands = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    inputs: { ...inputs, stdin: textOf(inputs["stdin"]) },
  }));
  const instances = resources.filter(({ type }) => type === "aws:ec2/instance:Instance");
  const arn = instances.map(({ outputs }) => textOf(outputs["arn"])).find((text) => text !== undefined);
  return {
    composes: composesOf(renderedOf(commands)),
    instances: Object.fromEntries(instances.map(({ name, id }) => [name, id])),
    account: arn?.split(":")[4] ?? "",
    region: arn?.split(":")[3] ?? "",
    tokens: {
      ...tokenOf("worker", resources.find(({ name }) => name === "swarm-token")?.outputs),
      ...tokenOf("manager", resources.find(({ name }) => name === "swarm-manager-token")?.outputs),
    },
  };
}

/** Returns the arguments of the job that declares the topics; empty without that job. */
export function declaredTopics({ composes }: Pick<Declared, "composes">): string[] {
  return composes[STACKS.kafka]?.services[SERVICES.topics]?.command?.slice(1) ?? [];
}

function tokenOf(role: "worker" | "manager", outputs: Record<string, unknown> = {}): Declared["tokens"] {
  const token = textOf(outputs["stdout"])?.trim();
  return token === undefined ? {} : { [role]: digestOf(token) };
}

/** Returns a digest of a secret, so that secrets can be compared without showing them. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
