import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { CannotJudge } from "./cannot-judge.ts";
import type { Ledger } from "./read-preview.ts";
import { renderStackFile, type StackSettings } from "./stack-file.ts";

/** Any account: nothing of a review is anybody's. */
const ACCOUNT = "123456789012";
/**
 * Nothing in the state is a secret, as all in it is made up: so the engine gets a passphrase and
 * its salt that everybody may know.
 */
const PASSPHRASE = "paper";
const SALT = "v1:AbGRC0c9MFU=:v1:abZlDZnUalJEIobV:UT+/5EiiZDacH9itM+q4ZXKHTvvVvQ==";
const paperServer = fileURLToPath(import.meta.resolve("local-cloud/dry-run/main.ts"));

/** A state of the engine that exists for one stack of one review. */
export interface PaperStack {
  stack: string;
  /** Holds the state and the stack's file. */
  folder: string;
  /** A folder for bundles of services, which all programs with the same sources share. */
  bundles: string;
}

/** Result of a run of the engine. */
export interface PaperRun {
  stdout: string;
  /** Inputs of each resource. */
  ledger: Ledger;
}

/** Options of a preview outside of a review. */
export interface PreviewHow {
  server?: string;
  options?: readonly string[];
}

/** A stack's state as a file: an engine that finds one takes the stack for made. */
export async function writeState(
  { folder, stack }: Pick<PaperStack, "folder" | "stack">,
  state: string,
): Promise<void> {
  const file = stateFile({ folder, stack });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, state);
}

/** The state as the engine left it. */
export function readState(paper: Pick<PaperStack, "folder" | "stack">): Promise<string> {
  return readFile(stateFile(paper), "utf8");
}

/** The state of a stack in which nothing is yet. */
export const emptyState = JSON.stringify({ version: 3, checkpoint: { latest: null } });

function stateFile({ folder, stack }: Pick<PaperStack, "folder" | "stack">): string {
  return join(folder, "state/.pulumi/stacks/gifticon-event", `${stack}.json`);
}

/** Draws a program up into the state: everything that it declares is there then, on paper. */
export function drawUp(paper: PaperStack, program: string, settings: StackSettings): Promise<PaperRun> {
  return run(paper, program, settings, ["up", "--yes", "--skip-preview", "--suppress-progress", "--suppress-outputs"]);
}

/**
 * The engine's preview of a program against the state.
 *
 * @param server what serves the providers: by default the cloud on paper.
 * @param options of the engine's command: by default it writes JSON about every resource.
 */
export function preview(
  paper: PaperStack,
  program: string,
  settings: StackSettings,
  { server = paperServer, options = ["--json", "--show-sames", "--ignore-protect"] }: PreviewHow = {},
): Promise<PaperRun> {
  return run(paper, program, settings, ["preview", ...options], server);
}

async function run(
  { stack, folder, bundles }: PaperStack,
  program: string,
  settings: StackSettings,
  args: readonly string[],
  server = paperServer,
): Promise<PaperRun> {
  const file = join(folder, `${args[0] ?? ""}.yaml`);
  await writeFile(file, renderStackFile(settings, SALT));
  const paper = await startPaper(program, server);
  try {
    const { exitCode, stdout, stderr } = await execa(
      "pulumi",
      [...args, "--stack", stack, "--config-file", file, "--non-interactive", "--color", "never"],
      {
        cwd: program,
        env: { ...environment(folder), BUNDLE_CACHE: bundles, PULUMI_DEBUG_PROVIDERS: paper.providers },
        stdin: "ignore",
        reject: false,
      },
    );
    if (exitCode !== 0) {
      throw new CannotJudge(`the engine can't preview stack ${stack}`, lastWords(`${messagesOf(stdout)}\n${stderr}`));
    }
    return { stdout, ledger: await paper.end() };
  } finally {
    paper.kill();
  }
}

function environment(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    // One write of the state at the end is enough for a state that nobody takes up again after a
    // failure.
    PULUMI_EXPERIMENTAL: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
    NODE_COMPILE_CACHE: join(import.meta.dirname, "../node_modules/.cache/review"),
  };
}

interface Paper {
  providers: string;
  end: () => Promise<Ledger>;
  kill: () => void;
}

async function startPaper(program: string, path: string): Promise<Paper> {
  const server = spawn("node", ["--disable-warning=ExperimentalWarning", path], {
    cwd: program,
    env: { ...process.env, LOCAL_CLOUD_ACCOUNT: ACCOUNT, NODE_COMPILE_CACHE: environment("")["NODE_COMPILE_CACHE"] },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const next = async (what: string): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the cloud on paper ended before it gave ${what}`);
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

/** The messages in what `pulumi preview --json` wrote; other output as it is. */
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
function lastWords(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("warning:"))
    .slice(-40);
}
