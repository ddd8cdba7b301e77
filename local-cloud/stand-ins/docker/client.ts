import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { runProcess } from "../run-process.ts";
import { Transcript } from "../transcript.ts";
import { credentialKey } from "./reference.ts";

/** A line that a push writes each second while it waits for a retry. */
const COUNTDOWN = /: Retrying in \d+ seconds?$/;

export interface Login {
  registry: string;
  username: string;
  password: string;
}

interface ClientContext {
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** The Docker command line with its own configuration, which holds a login only while in use. */
export class DockerClient {
  readonly #configuration: string;
  readonly #context: ClientContext;

  private constructor(configuration: string, context: ClientContext) {
    this.#configuration = configuration;
    this.#context = context;
  }

  /** Calls `use` with a client, and removes its configuration afterwards. */
  static async with<T>(
    login: Login | undefined,
    context: ClientContext,
    use: (client: DockerClient) => Promise<T>,
  ): Promise<T> {
    const own = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
    const directory = await mkdtemp(join(tmpdir(), "docker-config-"));
    try {
      const configuration = withLogin(await readConfiguration(own), login);
      await writeFile(join(directory, "config.json"), JSON.stringify(configuration), { mode: 0o600 });
      for (const name of ["cli-plugins", "contexts"]) await symlink(join(own, name), join(directory, name));
      return await use(new DockerClient(directory, context));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Runs `docker ARGS` and shows its output. */
  async run(args: readonly string[], environment: Record<string, string> = {}): Promise<void> {
    const transcript = new Transcript("stdoutAndStderr", this.#context.progress, COUNTDOWN);
    const end = await runProcess("docker", args, {
      environment: { ...environment, DOCKER_CONFIG: this.#configuration },
      transcript,
      signal: this.#context.signal,
    });
    transcript.end();
    if (end !== undefined) throw new Error(`docker ${args[0] ?? ""} ${end}${transcript.lastLines}`);
  }

  /** Returns the output of `docker image inspect` for an image in the engine. */
  async inspect(imageName: string): Promise<{ Id: string; RepoDigests: string[] }> {
    const { stdout } = await execa("docker", ["image", "inspect", "--format", "{{json .}}", imageName], {
      env: { DOCKER_CONFIG: this.#configuration },
    });
    return JSON.parse(stdout) as { Id: string; RepoDigests: string[] };
  }

  /** Returns true if the buildx plugin is there, which current clients need for BuildKit. */
  async hasBuildKit(): Promise<boolean> {
    const { exitCode } = await execa("docker", ["buildx", "version"], {
      env: { DOCKER_CONFIG: this.#configuration },
      reject: false,
    });
    return exitCode === 0;
  }
}

type Configuration = Record<string, unknown>;

async function readConfiguration(directory: string): Promise<Configuration> {
  try {
    return JSON.parse(await readFile(join(directory, "config.json"), "utf8")) as Configuration;
  } catch {
    return {};
  }
}

/**
 * Returns the user's configuration with one more login. Docker would prefer a credential store or
 * helper over it, so the store and the helper of that registry are left out.
 */
export function withLogin(configuration: Configuration, login: Login | undefined): Configuration {
  if (login === undefined) return configuration;
  const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  const without = (from: unknown, name: string) =>
    Object.fromEntries(Object.entries((from ?? {}) as Configuration).filter(([key]) => key !== name));
  const { auths, credHelpers, ...rest } = without(configuration, "credsStore");
  return {
    ...rest,
    auths: { ...(auths as Configuration | undefined), [credentialKey(login.registry)]: { auth } },
    credHelpers: without(credHelpers, login.registry),
  };
}
