import { execa, ExecaError } from "execa";
import { z } from "zod";

const outputs = z.object({
  apiUrl: z.string(),
  managerPublicIp: z.string(),
  mode: z.enum(["kafka", "direct"]),
  loadGenerator: z.enum(["off", "k6", "ngrinder"]),
  nodes: z.array(z.object({ name: z.string(), role: z.string(), privateIp: z.string(), hostKey: z.string() })),
});

/** What a run needs to know of the environment: outputs of the program. */
export type Stack = z.output<typeof outputs>;

/** Nothing can be run as things are: what is missing, and what to do. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
}

/**
 * Reads the outputs of the stack.
 *
 * @throws NotReadyError when it isn't up, or has no k6.
 */
export async function readStack(name: string): Promise<Stack> {
  const text = await pulumi(["stack", "output", "--json", "--stack", name]).catch((error: unknown) => {
    throw new NotReadyError(`there is no stack ${name} here: ${firstLine(error)}\n${toStand(name)}`);
  });
  const parsed = outputs.safeParse(JSON.parse(text));
  if (!parsed.success) throw new NotReadyError(`stack ${name} is not up\n${toStand(name)}`);
  if (parsed.data.loadGenerator !== "k6") {
    throw new NotReadyError(
      `stack ${name} has no k6 (its setting loadGenerator is ${parsed.data.loadGenerator})\n` +
        `Give it one: ${command(name, "pulumi")} config set --stack ${name} loadGenerator k6, then ${command(name, "up")}`,
    );
  }
  return parsed.data;
}

/** The program's own SSH key, for whoever may decrypt the stack's state. */
export async function readProgramKey(name: string): Promise<string> {
  const state = JSON.parse(await pulumi(["stack", "export", "--show-secrets", "--stack", name])) as {
    deployment: { resources?: { urn: string; outputs?: Record<string, unknown> }[] };
  };
  const key = state.deployment.resources?.find(({ urn }) => urn.endsWith("tls:index/privateKey:PrivateKey::program"))
    ?.outputs?.["privateKeyOpenssh"];
  // A secret is exported as its JSON text beside a signature.
  const text: unknown =
    typeof key === "object" && key !== null && "plaintext" in key ? JSON.parse(String(key.plaintext)) : key;
  if (typeof text !== "string")
    throw new NotReadyError(`the state of stack ${name} holds no SSH key; give yours: --identity FILE`);
  return text;
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
