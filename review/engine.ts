import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { ReviewError } from "./review-error.ts";
import type { Ledger } from "./read-preview.ts";
import { renderStackFile, type StackSettings } from "./stack-file.ts";

/** Name of the project (Pulumi.yaml). */
export const PROJECT = "gifticon-event";
/** Account of every dry run. Any number will do. */
const ACCOUNT = "123456789012";
/**
 * Passphrase and salt of the state. They are public, because all secrets in the state are
 * synthetic.
 */
const PASSPHRASE = "paper";
const SALT = "v1:AbGRC0c9MFU=:v1:abZlDZnUalJEIobV:UT+/5EiiZDacH9itM+q4ZXKHTvvVvQ==";
const dryRunServer = fileURLToPath(import.meta.resolve("local-cloud/dry-run/main.ts"));

/** A state of the engine that exists for one stack of one review. */
export interface DryRunStack {
  stack: string;
  /** Folder of the state and the stack's file. */
  folder: string;
  /** Folder of service bundles, which programs with the same sources share. */
  bundles: string;
}

/** Result of a run of the engine. */
export interface DryRunResult {
  stdout: string;
  /** Inputs of each resource. */
  ledger: Ledger;
}

/** Options of a preview outside of a review. */
export interface PreviewOptions {
  server?: string;
  options?: readonly string[];
}

/** Writes a stack's state to its file. The engine then takes the stack as existing. */
export async function writeState(
  { folder, stack }: Pick<DryRunStack, "folder" | "stack">,
  state: string,
): Promise<void> {
  const file = stateFile({ folder, stack });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, state);
}

/** Reads the state that the engine wrote. */
export function readState(dryRun: Pick<DryRunStack, "folder" | "stack">): Promise<string> {
  return readFile(stateFile(dryRun), "utf8");
}

/** The state of a stack without resources. */
export const emptyState = JSON.stringify({ version: 3, checkpoint: { latest: null } });

function stateFile({ folder, stack }: Pick<DryRunStack, "folder" | "stack">): string {
  return join(folder, "state/.pulumi/stacks", PROJECT, `${stack}.json`);
}

/** Does a dry run of a program: the state then has every resource that it declares. */
export function dryRunUp(dryRun: DryRunStack, program: string, settings: StackSettings): Promise<DryRunResult> {
  return run(dryRun, program, settings, ["up", "--yes", "--skip-preview", "--suppress-progress", "--suppress-outputs"]);
}

/**
 * Lets the engine preview a program against the state.
 *
 * @param server The program that serves the providers; by default the dry run of the local cloud.
 * @param options Options of `pulumi preview`; by default it writes JSON about every resource.
 */
export function preview(
  dryRun: DryRunStack,
  program: string,
  settings: StackSettings,
  { server = dryRunServer, options = ["--json", "--show-sames", "--ignore-protect"] }: PreviewOptions = {},
): Promise<DryRunResult> {
  return run(dryRun, program, settings, ["preview", ...options], server);
}

async function run(
  { stack, folder, bundles }: DryRunStack,
  program: string,
  settings: StackSettings,
  args: readonly string[],
  server = dryRunServer,
): Promise<DryRunResult> {
  const file = join(folder, `${args[0] ?? ""}.yaml`);
  await writeFile(file, renderStackFile(settings, SALT));
  const dryRun = await startServer(program, server);
  try {
    const { exitCode, stdout, stderr } = await execa(
      "pulumi",
      [...args, "--stack", stack, "--config-file", file, "--non-interactive", "--color", "never"],
      {
        cwd: program,
        env: { ...environment(folder), BUNDLE_CACHE: bundles, PULUMI_DEBUG_PROVIDERS: dryRun.providers },
        stdin: "ignore",
        reject: false,
      },
    );
    if (exitCode !== 0) {
      throw new ReviewError(`the engine can't preview stack ${stack}`, lastLines(`${messagesOf(stdout)}\n${stderr}`));
    }
    return { stdout, ledger: await dryRun.end() };
  } finally {
    dryRun.kill();
  }
}

function environment(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    // One write of the state at the end is enough, because nobody resumes a failed run.
    PULUMI_EXPERIMENTAL: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
    NODE_COMPILE_CACHE: join(import.meta.dirname, "../node_modules/.cache/review"),
  };
}

interface DryRunServer {
  providers: string;
  end: () => Promise<Ledger>;
  kill: () => void;
}

async function startServer(program: string, path: string): Promise<DryRunServer> {
  const server = spawn("node", ["--disable-warning=ExperimentalWarning", path], {
    cwd: program,
    env: { ...process.env, LOCAL_CLOUD_ACCOUNT: ACCOUNT, NODE_COMPILE_CACHE: environment("")["NODE_COMPILE_CACHE"] },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const next = async (what: string): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the dry run's server ended before it printed ${what}`);
    return value;
  };
  return {
    providers: await next("its ports"),
    end: async () => {
      server.stdin.end();
      return JSON.parse(await next("its ledger")) as Ledger;
    },
    kill: () => server.kill(),
  };
}

/** Returns the error messages in JSON output of `pulumi preview`, and other output unchanged. */
function messagesOf(stdout: string): string {
  const diagnostics = z.object({ diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })) });
  try {
    const { diagnostics: all } = diagnostics.parse(JSON.parse(stdout));
    return all
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => message)
      .join("\n");
  } catch {
    return stdout;
  }
}

/** Returns the last lines of an error, without empty ones. */
function lastLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("warning:"))
    .slice(-40);
}
