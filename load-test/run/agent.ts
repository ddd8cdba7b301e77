import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { StartState, Sample } from "@gifticon/load-agent/protocol.ts";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import { NotReadyError, type StackOutputs } from "../../operate/stack-outputs.ts";
import { addEvidence, emptyEvidence, type Evidence } from "../evidence.ts";
import { isQueueEmpty } from "../queue.ts";
import { Container } from "./container.ts";
import { readCompressedLines } from "./lines.ts";

/** Time limit, in ms, for the issuer to catch up before the evidence is read. */
const SETTLE_MS = 60_000;

/** Samples that arrive during a run. */
export interface Sampler {
  samples: Sample[];
  /** Waits until the queue is empty, for at most a minute. */
  settled: () => Promise<void>;
  end: () => Promise<void>;
}

/** The load test's agent in its container on a worker. */
export class LoadAgent {
  readonly #hosts: SshHosts;
  readonly #container: Container;

  private constructor(hosts: SshHosts, container: Container) {
    this.#hosts = hosts;
    this.#container = container;
  }

  /** Finds the agent. Throws NotReadyError when it doesn't run. */
  static async find(hosts: SshHosts, stack: StackOutputs): Promise<LoadAgent> {
    const node = await hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "service", "ps", SWARM_SERVICES.agent, "--filter", "desired-state=running"],
      ...["--format", "{{.Node}}"],
    ]);
    const address = await hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "node", "inspect", node.split("\n")[0] ?? "", "--format", "{{.Status.Addr}}"],
    ]);
    const host = stack.nodes.find(({ privateIp }) => privateIp === address)?.name;
    if (host === undefined)
      throw new NotReadyError(`${SWARM_SERVICES.agent} runs on a host that the stack doesn't know: ${address}`);
    return new LoadAgent(hosts, await Container.find(hosts, host, SWARM_SERVICES.agent));
  }

  /** Removes the rows of earlier load tests. Returns the state from which a run starts. */
  async reset(): Promise<StartState> {
    return this.#ask<StartState>("reset");
  }

  /** Reads one sample of the event. */
  async sample(): Promise<Sample> {
    return this.#ask<Sample>("sample");
  }

  /** Starts reading samples. */
  startSampler(): Sampler {
    const samples: Sample[] = [];
    const child = this.#hosts.start(this.#container.host, this.#command("sample"), {
      stdin: "pipe",
      reject: false,
      buffer: { stdout: false },
    });
    const read = (async () => {
      for await (const line of createInterface({ input: child.stdout })) samples.push(JSON.parse(line) as Sample);
    })();
    return {
      samples,
      settled: async () => {
        const began = Date.now();
        const from = samples.length;
        while (Date.now() - began < SETTLE_MS) {
          // The first new sample may have begun before the users' last requests.
          if (samples.length > from + 1 && isQueueEmpty(samples)) return;
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

  /** Reads the topic's records since `offsets` and the decided rows. */
  async evidence({ offsets }: StartState): Promise<Evidence> {
    const evidence = emptyEvidence();
    const command = this.#command("evidence", JSON.stringify(offsets));
    await readCompressedLines(this.#hosts, this.#container.host, command, (line) => {
      addEvidence(evidence, line);
    });
    return evidence;
  }

  /** Runs a command of the agent whose answer is a line of JSON. */
  async #ask<T>(command: string): Promise<T> {
    const text = await this.#hosts.run(this.#container.host, this.#command(command));
    return JSON.parse(text.split("\n")[0] ?? "") as T;
  }

  #command(...words: string[]): string[] {
    return this.#container.command(["node", "main.mjs", ...words]);
  }
}
