import { access, constants, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { execa, type Options } from "execa";
import { HOST_USER } from "../infra/plans/access.ts";
import { quote } from "../infra/scripts/quote.ts";
import { makeSshFolder, type SshFolder } from "./ssh-folder.ts";
import { NotReadyError, type StackOutputs } from "./stack-outputs.ts";

/**
 * The stack's hosts, by name, over OpenSSH: through the manager, each with its key known
 * beforehand.
 */
export class SshHosts implements AsyncDisposable {
  readonly #folder: string;
  readonly #started: { kill: () => boolean }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Opens the way to the hosts. No host is asked yet.
   *
   * @param identity file of the operator's own key, or the key itself; without one, ssh finds a key
   * as it always does.
   * @throws NotReadyError when this machine has no folder for ssh's files, or the file can't be
   * read.
   */
  static async open(
    stack: StackOutputs,
    identity: { file: string } | { key: string } | undefined,
    places?: readonly string[],
  ): Promise<SshHosts> {
    if (identity && "file" in identity) await requireReadable(identity.file);
    const folder = await makeSshFolder(Math.max(...stack.nodes.map(({ name }) => Buffer.byteLength(name))), places);
    const file = identity && ("file" in identity ? identity.file : join(folder.path, "key"));
    if (identity && "key" in identity) await writeFile(join(folder.path, "key"), identity.key, { mode: 0o600 });
    await writeFile(join(folder.path, "config"), renderConfig(stack, folder, file));
    await writeFile(
      join(folder.path, "known_hosts"),
      stack.nodes.map(({ name, hostKey }) => `${name} ${hostKey}\n`).join(""),
    );
    return new SshHosts(folder.path);
  }

  /** The configuration file of ssh that knows the hosts by name. */
  get configuration(): string {
    return join(this.#folder, "config");
  }

  /**
   * Starts a command on a host; its standard output and error are the result's. Ends with an error
   * unless it exits with 0.
   */
  start<T extends Options>(host: string, command: readonly string[], options: T) {
    const child = execa("ssh", ["-F", this.configuration, host, command.map(quote).join(" ")], {
      ...options,
      // A terminal sends Ctrl-C to its whole process group: the connections would be gone before
      // anything is stopped and reported.
      detached: true,
    });
    this.#started.push(child);
    return child;
  }

  /**
   * Ends whatever still runs: nobody else does, for they are not in the terminal's process group.
   */
  end(): void {
    for (const child of this.#started) child.kill();
  }

  /** Runs a command on a host, with `input` on its standard input, and returns what it printed. */
  async run(host: string, command: readonly string[], input = ""): Promise<string> {
    const { stdout } = await this.start(host, command, { input });
    return stdout;
  }

  /** Ends the shared connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function requireReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new NotReadyError(`--identity is ${file}, which can't be read (${code})\nGive the file of a private key.`);
  }
}

/** Renders an ssh configuration that knows the stack's hosts by their names. */
export function renderConfig({ nodes, managerPublicIp }: StackOutputs, folder: SshFolder, identity?: string): string {
  const host = (name: string, address: string, jump: boolean) => [
    `Host ${name}`,
    `  HostName ${address}`,
    // Its key is found by the host's name: addresses come again with other hosts.
    `  HostKeyAlias ${name}`,
    ...(jump ? [`  ProxyJump ${HOSTS.manager}`] : []),
  ];
  return [
    ...nodes.flatMap(({ name, privateIp }) =>
      name === HOSTS.manager ? host(name, managerPublicIp, false) : host(name, privateIp, true),
    ),
    "Host *",
    `  User ${HOST_USER}`,
    `  UserKnownHostsFile ${folder.path}/known_hosts`,
    "  StrictHostKeyChecking yes",
    "  BatchMode yes",
    "  ConnectTimeout 15",
    "  ServerAliveInterval 15",
    "  Compression yes",
    "  LogLevel ERROR",
    // One connection to each host for all that is asked of it; it ends a while after the last.
    ...(folder.shares
      ? ["  ControlMaster auto", `  ControlPath ${folder.path}/%n`, "  ControlPersist 20"]
      : ["  ControlMaster no"]),
    // A file of the operator's: in quotes for its blanks, and with each % twice, as one begins a
    // token.
    ...(identity === undefined ? [] : [`  IdentityFile "${identity.replaceAll("%", "%%")}"`, "  IdentitiesOnly yes"]),
    "",
  ].join("\n");
}
