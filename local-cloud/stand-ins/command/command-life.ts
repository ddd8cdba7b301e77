import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { OperationContext, Properties, ResourceType } from "../../provider/resource-type.ts";
import { loggingSchema } from "../transcript.ts";

/** The inputs that local.Command and remote.Command share. */
export const lifeInputs = {
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  triggers: z.array(z.json()).optional(),
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  addPreviousOutputInEnv: z.boolean().default(true),
  logging: loggingSchema.optional(),
};

export type LifeInputs = z.infer<z.ZodObject<typeof lifeInputs>>;

export interface Output {
  stdout: string;
  stderr: string;
}

/** A kind of command: its token, its inputs and the function that runs it. */
export interface Runner<I extends LifeInputs> {
  token: string;
  inputs: z.ZodType<I>;
  run: (command: string, inputs: I, environment: Record<string, string>, context: OperationContext) => Promise<Output>;
}

/**
 * Returns a resource type that runs commands as the real plugin does. `create` runs once. A change
 * of `triggers` replaces; any other change runs `update`, or `create` again without an `update`.
 * `delete` runs with the inputs in the state. The output of the last run is in the environment of
 * the next one.
 */
export function commandWithLife<I extends LifeInputs>({ token, inputs, run }: Runner<I>): ResourceType<I> {
  return {
    token,
    inputs,
    replaceOn: ["triggers"],
    unstableOutputs: ["stdout", "stderr"],

    create: async (news, context) => {
      const none = { stdout: "", stderr: "" };
      const output =
        news.create === undefined ? none : await run(news.create, news, environmentOf(news, none), context);
      const id = `${context.name}${randomBytes(4).toString("hex")}`;
      return { id, outputs: { ...(news as Properties), ...output } };
    },

    read: (_id, state) => Promise.resolve({ outputs: state }),

    update: async (_id, olds, news, context) => {
      const before = outputOf(olds);
      const command = news.update ?? news.create;
      const output = command === undefined ? before : await run(command, news, environmentOf(news, before), context);
      return { ...(news as Properties), ...output };
    },

    delete: async (_id, state, context) => {
      const last = state as unknown as I;
      if (last.delete !== undefined) await run(last.delete, last, environmentOf(last, outputOf(state)), context);
    },
  };
}

function environmentOf(inputs: LifeInputs, before: Output): Record<string, string> {
  const previous = {
    ...(before.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: before.stdout }),
    ...(before.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: before.stderr }),
  };
  return { ...inputs.environment, ...(inputs.addPreviousOutputInEnv ? previous : {}) };
}

function outputOf(state: Properties): Output {
  const { stdout, stderr } = state;
  return { stdout: typeof stdout === "string" ? stdout : "", stderr: typeof stderr === "string" ? stderr : "" };
}
