import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { parse } from "yaml";
import { z } from "zod";
import { CannotJudge } from "./cannot-judge.ts";
import type { Ledger } from "./read-preview.ts";
import { renderStackFile, type StackSettings } from "./stack-file.ts";

/** Any account: nothing of a review is anybody's. */
const ACCOUNT = "123456789012";
const paperServer = join(import.meta.dirname, "../local-cloud/paper/main.ts");

/** A state of the engine that exists for one stack of one review. */
export interface PaperStack {
  stack: string;
  /** Holds the state and the stack's file. */
  folder: string;
  salt: string;
}

/** What a run of the engine gave. */
export interface PaperRun {
  stdout: string;
  /** What the program gave each resource. */
  ledger: Ledger;
}

/** Makes an empty state for a stack. The program's own files are not touched, where the engine would write the salt. */
export async function initialise(folder: string, stack: string): Promise<PaperStack> {
  await mkdir(join(folder, "state"), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "Pulumi.yaml"), "name: gifticon-event\nruntime: nodejs\n");
  await execa("pulumi", ["stack", "init", stack, "--non-interactive"], {
    cwd: folder,
    env: environment(folder),
    stdin: "ignore",
  });
  const file = parse(await readFile(join(folder, `Pulumi.${stack}.yaml`), "utf8")) as unknown;
  const { encryptionsalt } = z.object({ encryptionsalt: z.string() }).parse(file);
  return { stack, folder, salt: encryptionsalt };
}

/** Draws a program up into the state: everything that it declares is there then, on paper. */
export function drawUp(paper: PaperStack, program: string, settings: StackSettings): Promise<PaperRun> {
  return run(paper, program, settings, ["up", "--yes", "--skip-preview", "--suppress-progress", "--suppress-outputs"]);
}

/** The engine's preview of a program against the state, as JSON. */
export function preview(paper: PaperStack, program: string, settings: StackSettings): Promise<PaperRun> {
  return run(paper, program, settings, ["preview", "--json", "--show-sames", "--ignore-protect"]);
}

async function run(
  { stack, folder, salt }: PaperStack,
  program: string,
  settings: StackSettings,
  args: readonly string[],
): Promise<PaperRun> {
  const file = join(folder, `${args[0] ?? ""}.yaml`);
  await writeFile(file, renderStackFile(settings, salt));
  const paper = await startPaper(program);
  try {
    const { exitCode, stdout, stderr } = await execa(
      "pulumi",
      [...args, "--stack", stack, "--config-file", file, "--non-interactive", "--color", "never"],
      {
        cwd: program,
        env: { ...environment(folder), PULUMI_DEBUG_PROVIDERS: paper.providers },
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
    // Nothing in the state is a secret: all in it is made up.
    PULUMI_CONFIG_PASSPHRASE: "paper",
    // One write of the state at the end is enough for a state that nobody takes up again after a failure.
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

async function startPaper(program: string): Promise<Paper> {
  const server = spawn("node", ["--disable-warning=ExperimentalWarning", paperServer], {
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

/** What an error's end says, without empty lines. */
function lastWords(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("warning:"))
    .slice(-40);
}
