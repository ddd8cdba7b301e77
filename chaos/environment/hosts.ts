import { findInstance } from "../../operate/local-hosts.ts";
import { docker } from "./docker.ts";

/** A host as the program's output `nodes` describes it. */
export interface DeclaredNode {
  name: string;
  role: string;
  privateIp: string;
}

/** The environment's hosts, as containers of this machine. */
export class Hosts {
  readonly #account: string;
  #nodes: readonly DeclaredNode[];
  readonly #containers = new Map<string, Promise<string>>();

  constructor(account: string, nodes: readonly DeclaredNode[]) {
    this.#account = account;
    this.#nodes = nodes;
  }

  /** Replaces the known hosts, after `pulumi up` changed them. */
  update(nodes: readonly DeclaredNode[]): void {
    this.#nodes = nodes;
    this.#containers.clear();
  }

  /** Every declared host. */
  get nodes(): readonly DeclaredNode[] {
    return this.#nodes;
  }

  /** Names of the hosts. */
  get names(): string[] {
    return this.#nodes.map(({ name }) => name);
  }

  /** Names of the managers, the first manager first. */
  get managers(): string[] {
    return this.#nodes.filter(({ role }) => role === "manager").map(({ name }) => name);
  }

  /** Returns the private address of a host. */
  addressOf(host: string): string {
    const node = this.#nodes.find(({ name }) => name === host);
    if (node === undefined) throw new Error(`there is no host ${host}`);
    return node.privateIp;
  }

  /** Returns the container that is a host. */
  async container(host: string): Promise<string> {
    let found = this.#containers.get(host);
    if (found === undefined) {
      found = findInstance(this.#account, host).then(({ container }) => container);
      this.#containers.set(host, found);
    }
    return found;
  }

  /** Runs a command as root on a host and returns its output. */
  async run(host: string, command: readonly string[]): Promise<string> {
    return docker(["exec", await this.container(host), ...command]);
  }
}
