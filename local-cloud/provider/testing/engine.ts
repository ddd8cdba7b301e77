import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, type Options, type ResultPromise } from "execa";

const checkout = join(import.meta.dirname, "../../..");

/** The output of a run of the CLI, and its success. */
export interface Run {
  ok: boolean;
  /** Standard output and standard error, in the order that a user sees. */
  text: string;
  stdout: string;
}

export interface ExportedResource {
  type: string;
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/**
 * A Pulumi project in a temporary directory, with its own state, run by the real CLI. `pulumi` and
 * `pulumi-language-nodejs` have to be on the PATH.
 */
export class EngineProject {
  readonly directory: string;
  readonly #environment: Record<string, string>;

  private constructor(directory: string, environment: Record<string, string>) {
    this.directory = directory;
    this.#environment = environment;
  }

  /**
   * Creates a project whose home has links to the plugins under test.
   *
   * @param pluginDirectories Folders with the plugins' executables.
   */
  static async create(
    pluginDirectories: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<EngineProject> {
    const directory = await mkdtemp(join(tmpdir(), "pulumi-engine-test-"));
    const project = new EngineProject(directory, {
      PULUMI_HOME: join(directory, "home"),
      // The engine warns of each plugin that it takes from PATH.
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...environment,
    });
    await mkdir(join(directory, "state"));
    for (const folder of pluginDirectories) await installPlugins(folder, join(directory, "home/plugins"));
    await writeFile(
      join(directory, "Pulumi.yaml"),
      "name: test\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n",
    );
    await writeFile(join(directory, "package.json"), '{"type": "module"}\n');
    await symlink(join(checkout, "node_modules"), join(directory, "node_modules"));
    await project.expect("stack", "init", "test");
    return project;
  }

  /** Replaces the program. `import * as pulumi` is added to it. */
  async program(source: string): Promise<void> {
    await writeFile(join(this.directory, "index.ts"), `import * as pulumi from "@pulumi/pulumi";\n${source}\n`);
  }

  /** Starts the CLI without waiting for its end. */
  start(args: readonly string[]): ResultPromise<Options & { all: true; reject: false }> {
    return execa("pulumi", ["--non-interactive", ...args], {
      cwd: this.directory,
      env: this.#environment,
      stdin: "ignore",
      all: true,
      reject: false,
    });
  }

  async run(...args: string[]): Promise<Run> {
    const result = await this.start(args);
    if (result.code === "ENOENT") throw new Error("pulumi is not on the PATH; `./run test engine` puts it there");
    return { ok: result.exitCode === 0, text: String(result.all), stdout: String(result.stdout) };
  }

  /** Runs the CLI. If it fails, throws an error with its output. */
  async expect(...args: string[]): Promise<Run> {
    const run = await this.run(...args);
    if (!run.ok) throw new Error(`pulumi ${args.join(" ")} failed:\n${run.text}`);
    return run;
  }

  /** Returns the resources in the state, with secrets still encrypted. */
  async resources(): Promise<ExportedResource[]> {
    const { stdout } = await this.expect("stack", "export");
    const state = JSON.parse(stdout) as { deployment: { resources?: ExportedResource[] } };
    return state.deployment.resources ?? [];
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.expect("stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Links the plugins of a folder into a Pulumi home, each in the version that its SDK asks for. */
async function installPlugins(folder: string, plugins: string): Promise<void> {
  const prefix = "pulumi-resource-";
  for (const executable of (await readdir(folder)).filter((file) => file.startsWith(prefix))) {
    const name = executable.slice(prefix.length);
    const installed = join(plugins, `resource-${name}-v${await versionOfSdk(name)}`);
    await mkdir(installed, { recursive: true });
    await symlink(join(folder, executable), join(installed, executable));
  }
}

/** Returns the version of a package's SDK. Without an SDK, any version will do. */
async function versionOfSdk(name: string): Promise<string> {
  const file = join(checkout, "node_modules/@pulumi", name, "package.json");
  const text = await readFile(file, "utf8").catch(() => '{"version": "1.0.0"}');
  return (JSON.parse(text) as { version: string }).version;
}
