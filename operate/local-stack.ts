import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa, type Result, type ResultPromise } from "execa";
import { parse, stringify } from "yaml";

const checkout = resolve(import.meta.dirname, "..");

/** One step of an update, from the engine's events. */
export interface Step {
  /** create, update, replace, create-replacement, delete-replaced, delete, refresh, same ... */
  op: string;
  urn: string;
  type: string;
  /** The logical name: the last part of the URN. */
  name: string;
  /** Duration in whole seconds, from the engine's events. */
  seconds: number;
}

/** Result of an operation of the Pulumi CLI. */
export interface OperationResult {
  exitCode: number | undefined;
  /** Standard output and standard error, interleaved. */
  output: string;
  /** The steps that succeeded, without `same` and `read`. */
  steps: Step[];
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
}

interface EngineEvent {
  /** Unix time, in seconds. */
  timestamp: number;
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
}

/** The program's outputs. */
export interface Outputs {
  apiUrl: string;
  managerPublicIp: string;
  nodes: { name: string; role: string; privateIp: string; labels: Record<string, string> }[];
  kafkaBootstrapServers?: string;
  databaseEndpoint: string;
  mode: string;
  loadGenerator: string;
}

/** Result of a load test. */
export interface EventRun {
  exitCode: number | undefined;
  /** Standard error, where the load test reports its progress. */
  progress: string;
  /** The load test's report (`Report`); undefined when it ran nothing. */
  report?: unknown;
}

/**
 * The project's program on one test's account of the local cloud, with separate state,
 * configuration and addresses. It runs the real Pulumi CLI and needs the environment that
 * `./run test` sets.
 */
export class LocalStack {
  readonly account: string;
  readonly directory: string;
  /**
   * Folder with a copy of the checkout, so that a test can change the program.
   */
  readonly program: string;
  readonly configFile: string;
  readonly #environment: Record<string, string>;
  #settings: Record<string, unknown> = {};

  /**
   * @param name the name of the test's folder under .local/test.
   * @param account the account number of the local cloud, 12 digits.
   */
  constructor(name: string, account: string) {
    if (process.env["PULUMI_CONFIG_PASSPHRASE"] === undefined)
      throw new Error("the environment for the Pulumi CLI is missing: run this test with ./run test");
    this.account = account;
    this.directory = join(checkout, ".local/test", name);
    this.program = join(this.directory, "program");
    this.configFile = join(this.directory, "Pulumi.local.yaml");
    this.#environment = {
      PULUMI_BACKEND_URL: `file://${join(this.directory, "state")}`,
      LOCAL_CLOUD_ACCOUNT: account,
      // The CLI offers --event-log only with this variable.
      PULUMI_DEBUG_COMMANDS: "true",
    };
  }

  /**
   * Creates an empty state, and a configuration from the committed one of stack local and
   * `settings`.
   */
  async initialise(settings: Record<string, unknown>): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await mkdir(join(this.directory, "state"), { recursive: true, mode: 0o700 });
    // Root runs this, and git refuses a checkout that belongs to another user.
    const trusted = ["-c", `safe.directory=${checkout}`];
    const { stdout } = await execa("git", [...trusted, "ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: checkout,
    });
    for (const file of stdout.split("\n"))
      await cp(join(checkout, file), join(this.program, file)).catch((error: unknown) => {
        // Git also lists files that are deleted in the working tree.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    await symlink(join(checkout, "node_modules"), join(this.program, "node_modules"));
    this.#settings = settings;
    await this.restoreConfiguration();
    await this.pulumi(["stack", "init", "local"]);
  }

  /** Restores the configuration that `initialise` made. */
  async restoreConfiguration(): Promise<void> {
    await writeFile(this.configFile, await readFile(join(checkout, "Pulumi.local.yaml")));
    await this.configure(this.#settings);
  }

  /** Sets top-level settings ("gifticon-event:workers"). The value `undefined` removes one. */
  async configure(settings: Record<string, unknown>): Promise<void> {
    const file = parse(await readFile(this.configFile, "utf8")) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(settings)) {
      if (value === undefined) Reflect.deleteProperty(file.config, key);
      else file.config[key] = value;
    }
    await writeFile(this.configFile, stringify(file));
  }

  /** Changes one file of the program. Returns a function that restores it. */
  async edit(file: string, change: (text: string) => string): Promise<() => Promise<void>> {
    const path = join(this.program, file);
    const before = await readFile(path, "utf8");
    await writeFile(path, change(before));
    return () => writeFile(path, before);
  }

  /**
   * Runs `./run up` or `./run destroy` on this stack: the CLI's operation with the steps before and
   * after it.
   */
  async command(name: "up" | "destroy"): Promise<string> {
    const { all } = await execa(join(checkout, "run"), [name, "--config-file", this.configFile], {
      env: this.#environment,
      all: true,
      stdin: "ignore",
    });
    return all;
  }

  /** Runs `./run doctor` on this stack, and returns its lines. */
  async doctor(): Promise<{ exitCode: number | undefined; lines: string[] }> {
    const { exitCode, stdout } = await execa(join(checkout, "run"), ["doctor"], {
      env: this.#environment,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode, lines: stdout.split("\n") };
  }

  /** Folder with the reports of `event`. */
  get reports(): string {
    return join(this.directory, "event");
  }

  /**
   * Runs `./run event` on this stack until it ends.
   *
   * @param untilInterrupt waits until the run should be interrupted. It may read the progress so
   *   far. As with Ctrl-C in a terminal, SIGINT goes to the whole process group.
   */
  async event(args: readonly string[], untilInterrupt?: (progress: () => string) => Promise<void>): Promise<EventRun> {
    const child = execa(join(checkout, "run"), ["event", "--json", "--out", this.reports, ...args], {
      env: this.#environment,
      stdin: "ignore",
      reject: false,
      detached: untilInterrupt !== undefined,
    });
    const { pid } = child;
    if (untilInterrupt !== undefined && pid !== undefined) {
      let progress = "";
      child.stderr.on("data", (text) => (progress += String(text)));
      const early = child.then(({ exitCode }) => assert.fail(`./run event ended early, with ${exitCode}`));
      try {
        await Promise.race([untilInterrupt(() => progress), early]);
      } catch (error) {
        throw new Error(`${(error as Error).message}; the output of ./run event:\n${progress}`, { cause: error });
      } finally {
        if (child.exitCode === null) process.kill(-pid, "SIGINT");
      }
    }
    const { exitCode, stdout, stderr } = await child;
    return { exitCode, progress: stderr, ...(stdout === "" ? {} : { report: JSON.parse(stdout) as unknown }) };
  }

  /** Starts the CLI. The promise rejects on a non-zero exit code unless `reject` is false. */
  start(args: readonly string[], { reject = true }: { reject?: boolean } = {}): ResultPromise<{ all: true }> {
    const config = args[0] === "stack" ? [] : ["--config-file", this.configFile];
    return execa("pulumi", [...args, ...config, "--non-interactive"], {
      cwd: this.program,
      env: this.#environment,
      all: true,
      reject,
      stdin: "ignore",
    }) as ResultPromise<{ all: true }>;
  }

  async pulumi(args: readonly string[]): Promise<string> {
    return (await this.start(args)).stdout;
  }

  /** Runs an operation and returns its result, also when it fails. */
  async run(operation: "up" | "destroy" | "refresh", args: readonly string[] = []): Promise<OperationResult> {
    const log = join(this.directory, `${operation}.events.json`);
    await rm(log, { force: true });
    const result: Result<{ all: true; reject: false }> = await this.start(
      [operation, "--stack", "local", "--yes", "--skip-preview", "--event-log", log, ...args],
      { reject: false },
    );
    return { exitCode: result.exitCode, output: result.all, steps: await readSteps(log) };
  }

  /** Runs an operation that has to succeed. Otherwise the CLI's output is the error. */
  async succeed(operation: "up" | "destroy" | "refresh", args: readonly string[] = []): Promise<OperationResult> {
    const outcome = await this.run(operation, args);
    if (outcome.exitCode !== 0)
      throw new Error(`pulumi ${operation} ended with ${String(outcome.exitCode)}:\n${outcome.output.slice(-6_000)}`);
    return outcome;
  }

  /** Returns the changes that an up would make. */
  async preview(): Promise<{ op: string; name: string }[]> {
    const { steps } = JSON.parse(await this.pulumi(["preview", "--stack", "local", "--json"])) as {
      steps: { op: string; urn: string }[];
    };
    return steps
      .filter(({ op }) => op !== "same" && op !== "read")
      .map(({ op, urn }) => ({ op, name: urn.slice(urn.lastIndexOf("::") + 2) }));
  }

  async outputs(): Promise<Outputs> {
    return JSON.parse(await this.pulumi(["stack", "output", "--stack", "local", "--json"])) as Outputs;
  }

  /** Returns the state without decrypted secrets. */
  async exportedState(): Promise<string> {
    return this.pulumi(["stack", "export", "--stack", "local"]);
  }

  /**
   * Destroys the stack of this or an earlier run and removes its state. When the destroy fails, the
   * state stays for another try.
   */
  async dispose(): Promise<void> {
    await this.command("destroy");
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function readSteps(log: string): Promise<Step[]> {
  const text = await readFile(log, "utf8").catch(() => "");
  const started = new Map<string, number>();
  const steps: Step[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const { timestamp, resourcePreEvent, resOutputsEvent } = JSON.parse(line) as EngineEvent;
    const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (metadata === undefined || metadata.op === "same" || metadata.op === "read") continue;
    const { op, urn, type } = metadata;
    if (resourcePreEvent !== undefined) started.set(op + urn, timestamp);
    else {
      const seconds = timestamp - (started.get(op + urn) ?? timestamp);
      steps.push({ op, urn, type, name: urn.slice(urn.lastIndexOf("::") + 2), seconds });
    }
  }
  return steps;
}
