import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import { addLine, type AnswerLog, emptyLog } from "../answers.ts";
import { parseLimits } from "../limits.ts";
import type { Plan } from "../plan.ts";
import type { GeneratorEnd, GeneratorLimits } from "../record.ts";
import { Container } from "./container.ts";
import { readCompressedLines } from "./lines.ts";

/** Options that keep k6 from printing anything but its script's own lines. */
const QUIET = ["--quiet", "--summary-mode=disabled", "--no-usage-report", "--log-output=stdout", "--log-format=raw"];

/** Counts of a running test, as k6 prints them each second. */
export interface GeneratorProgress {
  second: number;
  asked: number;
  errors: number;
}

/** k6 in its container on the load generator's host. */
export class Generator {
  readonly #hosts: SshHosts;
  readonly #container: Container;

  private constructor(hosts: SshHosts, container: Container) {
    this.#hosts = hosts;
    this.#container = container;
  }

  /** Finds the generator. Throws NotReadyError when it doesn't run. */
  static async find(hosts: SshHosts): Promise<Generator> {
    return new Generator(hosts, await Container.find(hosts, HOSTS.loadGenerator, SWARM_SERVICES.generator));
  }

  /** Reads the limits of the generator's host. */
  async limits(): Promise<GeneratorLimits> {
    return parseLimits(await this.#container.run(["sh", "-s"], scriptText("limits.sh")));
  }

  /** Sends an invalid request to a URL, on a connection of its own. Returns k6's output. */
  async probe(url: string): Promise<string> {
    const command = ["k6", "run", ...QUIET, "--address", "", "-e", `URL=${url}`, "-"];
    return this.#container.run(command, scriptText("probe.js"));
  }

  /**
   * Runs the users of a plan.
   *
   * @param stop ends k6 early.
   * @param stopping is called when `stop` is aborted.
   * @param progress is called each second.
   * @returns the result of k6. `stoppedAt` is the time of an early end by the generator's clock, in
   *   milliseconds since 1970.
   */
  async run(
    plan: Plan,
    stop: AbortSignal,
    stopping: () => void,
    progress: (now: GeneratorProgress) => void,
  ): Promise<GeneratorEnd & { stoppedAt: number | undefined }> {
    const child = this.#hosts.start(
      this.#container.host,
      this.#container.command(["sh", "-c", scriptText("run.sh")], ["-e", `PLAN=${JSON.stringify(plan)}`]),
      { input: scriptText("users.js"), reject: false, buffer: { stdout: false } },
    );
    let stopped: Promise<number | undefined> = Promise.resolve(undefined);
    const onStop = () => {
      stopping();
      stopped = this.#stop();
    };
    stop.addEventListener("abort", onStop, { once: true });
    let exitCode: number | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const [word, ...values] = line.split(" ");
      const [first = 0, asked = 0, errors = 0] = values.map(Number);
      if (word === "exit") exitCode = first;
      else if (word === "progress") progress({ second: first, asked, errors });
    }
    stop.removeEventListener("abort", onStop);
    const { stderr } = await child;
    return { exitCode, errorOutput: stderr.trim(), stoppedAt: await stopped };
  }

  /** Reads k6's log of all answers. */
  async log(): Promise<AnswerLog> {
    const log = emptyLog();
    const command = this.#container.command(["gzip", "-c", "/tmp/answers"]);
    await readCompressedLines(this.#hosts, this.#container.host, command, (line) => {
      addLine(log, line);
    });
    return log;
  }

  /**
   * Ends k6 so that it completes its log. Returns the time by the generator's clock, in
   * milliseconds since 1970.
   */
  async #stop(): Promise<number | undefined> {
    try {
      return Number(await this.#container.run(["sh", "-s"], scriptText("stop.sh"))) * 1_000;
    } catch {
      return undefined;
    }
  }
}

function scriptText(name: string): string {
  return readFileSync(new URL(`../k6/${name}`, import.meta.url), "utf8");
}
