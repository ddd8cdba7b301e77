import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import type { StackOutputs } from "../../operate/stack-outputs.ts";
import { serviceModeScript } from "../hosts/service-mode.ts";
import { sharePools } from "../../stacks/pool-sizes.ts";

/** A mode of the API. */
export type Mode = "kafka" | "direct";

/** Switches the API's mode on the manager, and back to the declared one. */
export class ApiMode {
  readonly #stack: StackOutputs;
  readonly #hosts: SshHosts;

  constructor(stack: StackOutputs, hosts: SshHosts) {
    this.#stack = stack;
    this.#hosts = hosts;
  }

  /**
   * Switches all tasks of the API to a mode.
   *
   * @param maxConnections limit of the database, which the tasks share in mode direct.
   */
  async enter(mode: Mode, maxConnections: number): Promise<void> {
    if (mode === this.#stack.mode) {
      await this.restore();
      return;
    }
    const replicas = await this.#hosts.run(HOSTS.manager, [
      ...["sudo", "docker", "service", "inspect", SWARM_SERVICES.api, "--format", "{{.Spec.Mode.Replicated.Replicas}}"],
    ]);
    await this.#run("switch", mode, sharePools(mode, Number(replicas), maxConnections).api);
  }

  /** Switches the API back to the mode that the stack declares. */
  async restore(): Promise<void> {
    await this.#run("restore", this.#stack.mode, 0);
  }

  async #run(verb: "switch" | "restore", mode: Mode, poolSize: number): Promise<void> {
    await this.#hosts.run(HOSTS.manager, ["sudo", "bash", "-s", "--", verb], serviceModeScript(mode, poolSize));
  }
}
