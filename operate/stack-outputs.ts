import { execa, ExecaError } from "execa";
import { z } from "zod";

const outputs = z.object({
  apiUrl: z.string(),
  managerPublicIp: z.string(),
  mode: z.enum(["kafka", "direct"]),
  loadGenerator: z.enum(["off", "k6", "ngrinder"]),
  nodes: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      privateIp: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      hostKey: z.string(),
    }),
  ),
});

/** Outputs of the program. */
export type StackOutputs = z.output<typeof outputs>;

/** Nothing can be run as things are: what is missing, and what to do. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
  readonly code = "NOT_READY";
}

/**
 * Reads the outputs of the stack.
 *
 * @throws NotReadyError when it isn't up.
 */
export async function readOutputs(name: string): Promise<StackOutputs> {
  const text = await pulumi(["stack", "output", "--json", "--stack", name]).catch((error: unknown) => {
    throw new NotReadyError(`there is no stack ${name} here: ${firstLine(error)}\n${toStand(name)}`);
  });
  const parsed = outputs.safeParse(JSON.parse(text));
  if (!parsed.success) throw new NotReadyError(`stack ${name} is not up\n${toStand(name)}`);
  return parsed.data;
}

/**
 * The same of a stack that a load test can run on.
 *
 * @throws NotReadyError when it isn't up, or has no k6.
 */
export async function readStack(name: string): Promise<StackOutputs> {
  const stack = await readOutputs(name);
  if (stack.loadGenerator !== "k6") {
    throw new NotReadyError(
      `stack ${name} has no k6 (its setting loadGenerator is ${stack.loadGenerator})\n` +
        `Give it one: ${command(name, "pulumi")} config set --stack ${name} loadGenerator k6, then ${command(name, "up")}`,
    );
  }
  return stack;
}

/** A resource of the stack's state, its secrets in plain text. */
export interface StateResource {
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Reads the state of the stack, for whoever may decrypt it. */
export async function readState(name: string): Promise<StateResource[]> {
  const state = JSON.parse(await pulumi(["stack", "export", "--show-secrets", "--stack", name])) as {
    deployment: { resources?: StateResource[] };
  };
  return state.deployment.resources ?? [];
}

/**
 * The text that a property of the state holds, if it is one: a secret is exported as its JSON text
 * beside a signature.
 */
export function textOf(value: unknown): string | undefined {
  const text: unknown =
    typeof value === "object" && value !== null && "plaintext" in value ? JSON.parse(String(value.plaintext)) : value;
  return typeof text === "string" ? text : undefined;
}

/** The program's own SSH key, for whoever may decrypt the stack's state. */
export async function readProgramKey(name: string, state?: StateResource[]): Promise<string> {
  const program = (state ?? (await readState(name))).find(({ urn }) =>
    urn.endsWith("tls:index/privateKey:PrivateKey::program"),
  );
  const key = textOf(program?.outputs?.["privateKeyOpenssh"]);
  if (key === undefined)
    throw new NotReadyError(`the state of stack ${name} holds no SSH key; give yours: --identity FILE`);
  return key;
}

async function pulumi(args: readonly string[]): Promise<string> {
  return (await execa("pulumi", [...args, "--non-interactive"], { stdin: "ignore" })).stdout;
}

const command = (stack: string, name: string) =>
  stack === "local" ? `./run ${name}` : name === "up" ? `pulumi up -s ${stack}` : name;

const toStand = (stack: string) => `Stand it up: ${command(stack, "up")}`;

function firstLine(error: unknown): string {
  const text = error instanceof ExecaError ? String(error.stderr) : String(error);
  return text.trim().split("\n")[0] ?? "";
}
