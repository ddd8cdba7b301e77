import { SERVICE_LABEL } from "@gifticon/contract/facts/names.ts";
import type { SshHosts } from "../../operate/ssh-hosts.ts";
import { NotReadyError } from "../../operate/stack-outputs.ts";

/** A container on a host of the environment, reached over SSH. */
export class Container {
  readonly host: string;
  readonly #hosts: SshHosts;
  readonly #id: string;

  private constructor(hosts: SshHosts, host: string, id: string) {
    this.#hosts = hosts;
    this.host = host;
    this.#id = id;
  }

  /**
   * Finds a service's container on a host.
   *
   * @throws NotReadyError when the service doesn't run there.
   */
  static async find(hosts: SshHosts, host: string, service: string): Promise<Container> {
    const list = ["sudo", "docker", "ps", "-q", "--filter", `label=${SERVICE_LABEL}=${service}`];
    const [id = ""] = (await hosts.run(host, list)).split("\n");
    if (id !== "") return new Container(hosts, host, id);
    throw new NotReadyError(
      `${service} does not run on ${host}: docker service ps ${service} on the manager tells why`,
    );
  }

  /** Runs a command in the container and returns its output. */
  async run(command: readonly string[], input?: string): Promise<string> {
    return this.#hosts.run(this.host, this.command(command), input);
  }

  /**
   * Returns the command line that runs a command in the container.
   *
   * @param options more options of `docker exec`.
   */
  command(command: readonly string[], options: readonly string[] = []): string[] {
    return ["sudo", "docker", "exec", "-i", ...options, this.#id, ...command];
  }
}
