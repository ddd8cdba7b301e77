import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { HOSTS, SERVICE_LABEL, SERVICES, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { sharePools } from "../stacks/pool-sizes.ts";
import type { Ground, Sample } from "@gifticon/load-agent/protocol.ts";
import { addLine, type AnswerLog, emptyLog, withoutGivenUp } from "./answers.ts";
import { addEvidence, emptyEvidence, type Evidence } from "./evidence.ts";
import { serviceModeScript } from "./hosts/service-mode.ts";
import { parseLimits, refusalOf } from "./limits.ts";
import { planRun, type Crowd, type Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { GeneratorEnd, GeneratorLimits, HostUsage, RunRecord } from "./record.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import { NotReadyError, type StackOutputs } from "../operate/stack-outputs.ts";

/** How long the issuer may take to catch up before the evidence is read as it is. */
const SETTLE_MS = 60_000;
const PROBE_ROUNDS = 60;

/** Where the two tasks of the load test are. */
interface Tasks {
  k6: string;
  agent: { host: string; container: string };
}

/** Runs a load test in one mode, from a cleared ground to the evidence. */
export class Runner {
  readonly #stack: StackOutputs;
  readonly #hosts: SshHosts;
  readonly #progress: Progress;
  readonly #stop: AbortSignal;
  #tasks: Tasks | undefined;

  /** @param stop ends the generator early; the run is reported all the same. */
  constructor(stack: StackOutputs, hosts: SshHosts, progress: Progress, stop: AbortSignal) {
    this.#stack = stack;
    this.#hosts = hosts;
    this.#progress = progress;
    this.#stop = stop;
  }

  /**
   * Undefined when it was stopped before the first user came.
   *
   * @throws NotReadyError when the environment can't run the test as asked; Error when a host doesn't answer.
   */
  async run(mode: "kafka" | "direct", crowd: Crowd, maxErrorRate: number): Promise<RunRecord | undefined> {
    if (mode === "kafka" && this.#stack.mode === "direct")
      throw new NotReadyError("the stack has no Kafka: its setting mode is direct");
    const tasks = (this.#tasks ??= await this.#findTasks());
    const limits = await this.#readLimits(tasks.k6);
    const refusal = refusalOf(limits, crowd.users);
    if (refusal !== undefined) throw new NotReadyError(refusal);
    this.#progress.step(`${mode}: clearing the ground`);
    const before = await this.#agent<Ground>("reset");
    await this.#enterMode(mode, before.maxConnections);
    await this.#reachAll();
    // Again: what an earlier mode still had under way is decided by now.
    const ground = await this.#agent<Ground>("reset");
    if (this.#stop.aborted) return undefined;
    const plan = planRun(crowd, this.#stack.apiUrl, crypto.randomUUID().slice(0, 8));

    const sampler = this.#startSampler(tasks);
    const hosts = this.#stack.nodes.map(({ name }) => this.#watchHost(name));
    this.#progress.step(`${mode}: ${plan.users} users for ${plan.seconds} s`);
    const { stoppedAt, ...end } = await this.#runK6(tasks.k6, plan, sampler.samples);
    this.#progress.step(`${mode}: waiting for the last requests to be decided`);
    await sampler.settled();
    await sampler.end();
    const usage = await Promise.all(hosts.map((host) => host.end()));
    this.#progress.step(`${mode}: reading the log, the topic and the database`);
    const [log, evidence] = await Promise.all([this.#readLog(tasks.k6), this.#readEvidence(tasks, ground)]);
    return {
      mode,
      plan,
      maxErrorRate,
      ground,
      log: stoppedAt === undefined ? log : withoutGivenUp(log, stoppedAt),
      evidence,
      generator: { ...limits, ...end },
      samples: sampler.samples,
      hosts: usage,
      interrupted: this.#stop.aborted,
    };
  }

  /** Puts the API back into the mode that the stack declares. */
  async restore(): Promise<void> {
    await this.#serviceMode("restore", this.#stack.mode, 0);
  }

  async #findTasks(): Promise<Tasks> {
    const containerOn = async (host: string, service: string) => {
      const id = await this.#hosts.run(host, [
        "sudo",
        "docker",
        "ps",
        "-q",
        "--filter",
        `label=${SERVICE_LABEL}=${service}`,
      ]);
      if (id === "")
        throw new NotReadyError(
          `${service} does not run on ${host}: docker service ps ${service} on the manager tells why`,
        );
      return id.split("\n")[0] ?? "";
    };
    const node = await this.#hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "service", "ps", SWARM_SERVICES.agent, "--filter", "desired-state=running"],
      ...["--format", "{{.Node}}"],
    ]);
    const address = await this.#hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "node", "inspect", node.split("\n")[0] ?? "", "--format", "{{.Status.Addr}}"],
    ]);
    const host = this.#stack.nodes.find(({ privateIp }) => privateIp === address)?.name;
    if (host === undefined)
      throw new NotReadyError(`${SWARM_SERVICES.agent} runs on a host that the stack doesn't know: ${address}`);
    return {
      k6: await containerOn(HOSTS.loadGenerator, SWARM_SERVICES.generator),
      agent: { host, container: await containerOn(host, SWARM_SERVICES.agent) },
    };
  }

  /** A command of the agent whose answer is one line of JSON. */
  async #agent<T>(command: string): Promise<T> {
    const { host, container } = this.#tasks?.agent ?? missing();
    const text = await this.#hosts.run(host, [...inside(container), "node", "main.mjs", command]);
    return JSON.parse(text.split("\n")[0] ?? "") as T;
  }

  async #enterMode(mode: "kafka" | "direct", maxConnections: number): Promise<void> {
    if (mode === this.#stack.mode) {
      await this.#serviceMode("restore", mode, 0);
      return;
    }
    this.#progress.step(`${mode}: putting the API into this mode`);
    const replicas = await this.#hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "service", "inspect", SWARM_SERVICES.api, "--format", "{{.Spec.Mode.Replicated.Replicas}}"],
    ]);
    await this.#serviceMode("switch", mode, sharePools(mode, Number(replicas), maxConnections).api);
  }

  async #serviceMode(verb: "switch" | "restore", mode: "kafka" | "direct", poolSize: number): Promise<void> {
    const script = serviceModeScript(mode, poolSize);
    await this.#hosts.run(HOSTS.manager, ["sudo", "bash", "-s", "--", verb], script);
  }

  /** Asks for nothing through the load balancer until each copy of the API has had a request: then all of them are served. */
  async #reachAll(): Promise<void> {
    this.#progress.step("reaching each copy of the API through the load balancer");
    const { k6 } = this.#tasks ?? missing();
    const probe = readFileSync(new URL("k6/probe.js", import.meta.url), "utf8");
    const seen = async () => {
      const { tasks } = await this.#agent<Sample>("sample");
      return new Map(
        tasks
          .filter(({ service }) => service === SERVICES.api)
          .map(({ address, outcomes }) => [address, outcomes["invalid"] ?? 0]),
      );
    };
    const before = await seen();
    let answered = "";
    for (let round = 0; round < PROBE_ROUNDS && !this.#stop.aborted; round++) {
      const quiet = [
        "--quiet",
        "--summary-mode=disabled",
        "--no-usage-report",
        "--log-output=stdout",
        "--log-format=raw",
      ];
      answered = await this.#hosts.run(
        HOSTS.loadGenerator,
        [
          ...inside(k6),
          "k6",
          "run",
          ...quiet,
          "--address",
          "",
          "-e",
          `URL=${this.#stack.apiUrl}${PATHS.gifticons}`,
          "-",
        ],
        probe,
      );
      const now = await seen();
      if (now.size > 0 && [...now].every(([address, count]) => count > (before.get(address) ?? 0))) return;
    }
    if (this.#stop.aborted) return;
    const last = answered.trim().split("\n").at(-1) ?? "";
    throw new NotReadyError(
      `the generator doesn't reach every copy of the API at ${this.#stack.apiUrl}; the last answer: ${last || "none"}\n` +
        "Is its public address among entrance.cidrs, and is every copy healthy?",
    );
  }

  /** What the generator can hold; asked before anything is started. */
  async #readLimits(container: string): Promise<GeneratorLimits> {
    const script = readFileSync(new URL("k6/limits.sh", import.meta.url), "utf8");
    return parseLimits(await this.#hosts.run(HOSTS.loadGenerator, [...inside(container), "sh", "-s"], script));
  }

  /** Also tells when k6 was ended early, by the generator's clock. */
  async #runK6(
    container: string,
    plan: Plan,
    samples: readonly Sample[],
  ): Promise<GeneratorEnd & { stoppedAt: number | undefined }> {
    const script = (name: string) => readFileSync(new URL(`k6/${name}`, import.meta.url), "utf8");
    const child = this.#hosts.start(
      HOSTS.loadGenerator,
      ["sudo", "docker", "exec", "-i", "-e", `PLAN=${JSON.stringify(plan)}`, container, "sh", "-c", script("run.sh")],
      { input: script("users.js"), reject: false, buffer: { stdout: false } },
    );
    let stopped: Promise<number | undefined> = Promise.resolve(undefined);
    const stop = () => {
      this.#progress.step("stopping the generator");
      stopped = this.#hosts
        .run(HOSTS.loadGenerator, [...inside(container), "sh", "-s"], script("stop.sh"))
        .then((second) => Number(second) * 1_000)
        .catch(() => undefined);
    };
    this.#stop.addEventListener("abort", stop, { once: true });
    let exitCode: number | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const [word, ...values] = line.split(" ");
      const [first = 0, asked = 0, errors = 0] = values.map(Number);
      if (word === "exit") exitCode = first;
      else if (word === "progress")
        this.#progress.running(plan, { second: first, asked, errors, sample: samples.at(-1) });
    }
    this.#stop.removeEventListener("abort", stop);
    const { stderr } = await child;
    return { exitCode, complaints: stderr.trim(), stoppedAt: await stopped };
  }

  #startSampler({ agent: { host, container } }: Tasks) {
    const samples: Sample[] = [];
    const child = this.#hosts.start(host, [...inside(container), "node", "main.mjs", "sample"], {
      stdin: "pipe",
      reject: false,
      buffer: { stdout: false },
    });
    const read = (async () => {
      for await (const line of createInterface({ input: child.stdout })) samples.push(JSON.parse(line) as Sample);
    })();
    return {
      samples,
      /** Until nothing waits in the topic, or for so long that something must be wrong. */
      settled: async () => {
        const began = Date.now();
        const from = samples.length;
        while (Date.now() - began < SETTLE_MS) {
          const last = samples.at(-1);
          if (samples.length > from + 1 && (last?.lag ?? 0) === 0) return;
          await delay(250);
        }
      },
      end: async () => {
        child.stdin.end();
        await read;
        await child;
      },
    };
  }

  #watchHost(host: string): { end: () => Promise<HostUsage> } {
    const usage: HostUsage = { host, cores: 0, samples: [] };
    const child = this.#hosts.start(
      host,
      ["bash", "-c", readFileSync(new URL("hosts/sample-host.sh", import.meta.url), "utf8")],
      {
        stdin: "ignore",
        reject: false,
        buffer: { stdout: false },
      },
    );
    const read = (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const [at = 0, cpu, sockets] = line.split(" ").map(Number);
        if (cpu === undefined) usage.cores = at;
        else usage.samples.push({ at, cpu, sockets: sockets ?? 0 });
      }
    })();
    return {
      end: async () => {
        child.kill();
        await read;
        await child;
        return usage;
      },
    };
  }

  async #readLog(container: string): Promise<AnswerLog> {
    const log = emptyLog();
    await this.#readCompressed(HOSTS.loadGenerator, [...inside(container), "gzip", "-c", "/tmp/answers"], (line) => {
      addLine(log, line);
    });
    return log;
  }

  async #readEvidence({ agent: { host, container } }: Tasks, { offsets }: Ground): Promise<Evidence> {
    const evidence = emptyEvidence();
    await this.#readCompressed(
      host,
      [...inside(container), "node", "main.mjs", "evidence", JSON.stringify(offsets)],
      (line) => {
        addEvidence(evidence, line);
      },
    );
    return evidence;
  }

  async #readCompressed(host: string, command: readonly string[], each: (line: string) => void): Promise<void> {
    const child = this.#hosts.start(host, command, { stdin: "ignore", encoding: "buffer", buffer: { stdout: false } });
    // A stream that ends too early is evidence that ends too early, which the verdict tells.
    const lines: Readable = child.stdout.pipe(createGunzip()).on("error", () => undefined);
    const reader = createInterface({ input: lines }).on("line", each);
    await Promise.all([once(reader, "close"), child]);
  }
}

/** Runs a command inside of a container. */
function inside(container: string): string[] {
  return ["sudo", "docker", "exec", "-i", container];
}

function missing(): never {
  throw new Error("the tasks of the load test are not known yet");
}
