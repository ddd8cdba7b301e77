import { PATHS } from "@gifticon/contract/facts/http.ts";
import { SERVICES } from "@gifticon/contract/facts/names.ts";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import { NotReadyError, type StackOutputs } from "../../operate/stack-outputs.ts";
import { withoutAbandoned } from "../answers.ts";
import { refusalOf } from "../limits.ts";
import { planRun, type Crowd } from "../plan.ts";
import type { Progress } from "../progress.ts";
import type { RunRecord } from "../record.ts";
import { LoadAgent } from "./agent.ts";
import { ApiMode, type Mode } from "./api-mode.ts";
import { Generator } from "./generator.ts";
import { watchHost } from "./host-usage.ts";

const PROBE_ROUNDS = 60;

/** The load test's two tasks. */
interface Tasks {
  generator: Generator;
  agent: LoadAgent;
}

/** Runs load tests, each in one mode, from the reset to the evidence. */
export class Runner {
  readonly #stack: StackOutputs;
  readonly #hosts: SshHosts;
  readonly #progress: Progress;
  readonly #stop: AbortSignal;
  readonly #mode: ApiMode;
  #tasks: Tasks | undefined;

  /** @param stop ends the generator early. The run is reported all the same. */
  constructor(stack: StackOutputs, hosts: SshHosts, progress: Progress, stop: AbortSignal) {
    this.#stack = stack;
    this.#hosts = hosts;
    this.#progress = progress;
    this.#stop = stop;
    this.#mode = new ApiMode(stack, hosts);
  }

  /**
   * Runs one load test.
   *
   * @returns its record, or undefined when it was stopped before the first user.
   * @throws NotReadyError when the environment can't run the test; Error when a host doesn't
   *   answer.
   */
  async run(mode: Mode, crowd: Crowd, maxErrorRate: number): Promise<RunRecord | undefined> {
    if (mode === "kafka" && this.#stack.mode === "direct")
      throw new NotReadyError("the stack has no Kafka: its setting mode is direct");
    const { generator, agent } = (this.#tasks ??= await this.#findTasks());
    const limits = await generator.limits();
    const refusal = refusalOf(limits, crowd.users);
    if (refusal !== undefined) throw new NotReadyError(refusal);
    const startState = await this.#prepare(mode, generator, agent);
    if (this.#stop.aborted) return undefined;
    const plan = planRun(crowd, this.#stack.apiUrl, crypto.randomUUID().slice(0, 8));

    const sampler = agent.startSampler();
    const hosts = this.#stack.nodes.map(({ name }) => watchHost(this.#hosts, name));
    this.#progress.step(`${mode}: ${plan.users} users for ${plan.seconds} s`);
    const { stoppedAt, ...end } = await generator.run(
      plan,
      this.#stop,
      () => {
        this.#progress.step("stopping the generator");
      },
      (now) => {
        this.#progress.running(plan, { ...now, sample: sampler.samples.at(-1) });
      },
    );
    this.#progress.step(`${mode}: waiting for the last requests to be decided`);
    await sampler.settled();
    await sampler.end();
    const usage = await Promise.all(hosts.map((host) => host.end()));
    this.#progress.step(`${mode}: reading the log, the topic and the database`);
    const [log, evidence] = await Promise.all([generator.log(), agent.evidence(startState)]);
    return {
      mode,
      plan,
      maxErrorRate,
      startState,
      log: stoppedAt === undefined ? log : withoutAbandoned(log, stoppedAt),
      evidence,
      generator: { ...limits, ...end },
      samples: sampler.samples,
      hosts: usage,
      interrupted: this.#stop.aborted,
    };
  }

  /** Switches the API back to the mode that the stack declares. */
  async restore(): Promise<void> {
    await this.#mode.restore();
  }

  async #findTasks(): Promise<Tasks> {
    return { generator: await Generator.find(this.#hosts), agent: await LoadAgent.find(this.#hosts, this.#stack) };
  }

  /** Removes earlier rows, switches the mode, and waits until every task of the API is reached. */
  async #prepare(mode: Mode, generator: Generator, agent: LoadAgent) {
    this.#progress.step(`${mode}: removing the rows of earlier load tests`);
    const before = await agent.reset();
    if (mode !== this.#stack.mode) this.#progress.step(`${mode}: switching the API to this mode`);
    await this.#mode.enter(mode, before.maxConnections);
    await this.#reachEveryTask(generator, agent);
    // The requests of an earlier mode are decided by now, so their rows go too.
    return agent.reset();
  }

  /**
   * Sends invalid requests through the load balancer until each task of the API has received one.
   */
  async #reachEveryTask(generator: Generator, agent: LoadAgent): Promise<void> {
    this.#progress.step("reaching each task of the API through the load balancer");
    const invalidRequests = async () => {
      const { tasks } = await agent.sample();
      return new Map(
        tasks
          .filter(({ service }) => service === SERVICES.api)
          .map(({ address, outcomes }) => [address, outcomes["invalid"] ?? 0]),
      );
    };
    const before = await invalidRequests();
    let answered = "";
    for (let round = 0; round < PROBE_ROUNDS && !this.#stop.aborted; round++) {
      answered = await generator.probe(`${this.#stack.apiUrl}${PATHS.gifticons}`);
      const now = await invalidRequests();
      if (now.size > 0 && [...now].every(([address, count]) => count > (before.get(address) ?? 0))) return;
    }
    if (this.#stop.aborted) return;
    const last = answered.trim().split("\n").at(-1) ?? "";
    throw new NotReadyError(
      `the generator doesn't reach every task of the API at ${this.#stack.apiUrl}; the last answer: ${last || "none"}\n` +
        "Is its public address among entrance.cidrs, and is every task healthy?",
    );
  }
}
