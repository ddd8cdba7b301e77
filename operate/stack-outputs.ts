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

/** The program's outputs that the tools use. */
export type StackOutputs = z.output<typeof outputs>;

/** Reports a missing prerequisite, with the next step. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
  readonly code = "NOT_READY";
}

/**
 * Reads the outputs of a stack.
 *
 * @throws NotReadyError when the stack isn't up.
 */
export async function readOutputs(name: string): Promise<StackOutputs> {
  const text = await pulumi(["stack", "output", "--json", "--stack", name]).catch((error: unknown) => {
    throw new NotReadyError(`there is no stack ${name}: ${firstLine(error)}\n${hintToStart(name)}`);
  });
  const parsed = outputs.safeParse(JSON.parse(text));
  if (!parsed.success) throw new NotReadyError(`stack ${name} is not up\n${hintToStart(name)}`);
  return parsed.data;
}

/**
 * Reads the outputs of a stack that has k6.
 *
 * @throws NotReadyError when the stack isn't up or has no k6.
 */
export async function readOutputsWithK6(name: string): Promise<StackOutputs> {
  const stack = await readOutputs(name);
  if (stack.loadGenerator !== "k6") {
    throw new NotReadyError(
      `stack ${name} has no k6 (its setting loadGenerator is ${stack.loadGenerator})\n` +
        `Enable it: ${command(name, "pulumi")} config set --stack ${name} loadGenerator k6, then ${command(name, "up")}`,
    );
  }
  return stack;
}

/** A resource in the stack's state, with secrets in plain text. */
export interface StateResource {
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Reads the stack's decrypted state. It needs the stack's passphrase or key. */
export async function readState(name: string): Promise<StateResource[]> {
  const state = JSON.parse(await pulumi(["stack", "export", "--show-secrets", "--stack", name])) as {
    deployment: { resources?: StateResource[] };
  };
  return state.deployment.resources ?? [];
}

/**
 * Returns the text in a property of the state, or undefined for other values. Pulumi exports a
 * secret as JSON text beside a signature.
 */
export function textOf(value: unknown): string | undefined {
  const text: unknown =
    typeof value === "object" && value !== null && "plaintext" in value ? JSON.parse(String(value.plaintext)) : value;
  return typeof text === "string" ? text : undefined;
}

/** Reads the program's SSH key from the stack's decrypted state. */
export async function readProgramKey(name: string, state?: StateResource[]): Promise<string> {
  const program = (state ?? (await readState(name))).find(({ urn }) =>
    urn.endsWith("tls:index/privateKey:PrivateKey::program"),
  );
  const key = textOf(program?.outputs?.["privateKeyOpenssh"]);
  if (key === undefined)
    throw new NotReadyError(`the state of stack ${name} has no SSH key; pass yours: --identity FILE`);
  return key;
}

async function pulumi(args: readonly string[]): Promise<string> {
  return (await execa("pulumi", [...args, "--non-interactive"], { stdin: "ignore" })).stdout;
}

const command = (stack: string, name: string) =>
  stack === "local" ? `./run ${name}` : name === "up" ? `pulumi up -s ${stack}` : name;

const hintToStart = (stack: string) => `Start it: ${command(stack, "up")}`;

function firstLine(error: unknown): string {
  const text = error instanceof ExecaError ? String(error.stderr) : String(error);
  return text.trim().split("\n")[0] ?? "";
}
