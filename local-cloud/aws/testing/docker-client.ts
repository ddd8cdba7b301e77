import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The machine's `docker` with a configuration of its own, so that logins stay private. */
export class DockerClient {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<DockerClient> {
    return new DockerClient(await mkdtemp(join(tmpdir(), "docker-client-")));
  }

  /** Runs a command and returns its output. Throws Docker's message when it fails. */
  async run(args: readonly string[], input = ""): Promise<string> {
    const { stdout } = await execa("docker", ["--config", this.#directory, ...args], { input });
    return stdout;
  }

  /** Builds an image that holds nothing but a text file. */
  async image(name: string, content: string): Promise<void> {
    await writeFile(join(this.#directory, "text"), content);
    await writeFile(join(this.#directory, "Dockerfile"), "FROM scratch\nCOPY text /\n");
    await this.run(["build", "--quiet", "--tag", name, this.#directory]);
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true });
  }
}
