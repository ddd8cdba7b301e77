import { rmSync } from "node:fs";
import { access, constants, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { execa, type Options } from "execa";
import { HOST_USER } from "../infra/plans/access.ts";
import { quote } from "../infra/scripts/quote.ts";
import { makeSshFolder, type SshFolder } from "./ssh-folder.ts";
import { NotReadyError, type StackOutputs } from "./stack-outputs.ts";

/**
 * Runs commands on the stack's hosts over OpenSSH, by host name. Connections go through the
 * manager, and each host's key is known from the program.
 */
export class SshHosts implements AsyncDisposable {
  readonly #folder: string;
  readonly #started: { kill: () => boolean }[] = [];

  /** Removes the private key also when the process exits without a disposal. */
  readonly #onExit = (): void => {
    this.end();
    rmSync(this.#folder, { recursive: true, force: true });
  };

  private constructor(folder: string) {
    this.#folder = folder;
    process.once("exit", this.#onExit);
  }

  /**
   * Writes ssh's configuration. It doesn't connect to a host yet.
   *
   * @param identity a file with the operator's private key, or the key itself. Without it, ssh uses
   *   its default keys.
   * @throws NotReadyError when no folder can be created for ssh's files, or the key file can't be
   *   read.
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

  /** Path of the ssh configuration file with the hosts by name. */
  get configuration(): string {
    return join(this.#folder, "config");
  }

  /**
   * Starts a command on a host. The result has its standard output and error, and rejects on a
   * non-zero exit code.
   */
  start<T extends Options>(host: string, command: readonly string[], options: T) {
    const child = execa("ssh", ["-F", this.configuration, host, command.map(quote).join(" ")], {
      ...options,
      // A terminal sends Ctrl-C to its whole process group. The connections would end before the
      // caller can stop commands and report.
      detached: true,
    });
    this.#started.push(child);
    return child;
  }

  /**
   * Ends the running commands, which the terminal's Ctrl-C doesn't reach.
   */
  end(): void {
    for (const child of this.#started) child.kill();
  }

  /** Runs a command on a host with this standard input, and returns its standard output. */
  async run(host: string, command: readonly string[], input = ""): Promise<string> {
    const { stdout } = await this.start(host, command, { input });
    return stdout;
  }

  /** Ends the commands and removes ssh's files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await rm(this.#folder, { recursive: true, force: true });
    process.off("exit", this.#onExit);
  }
}

async function requireReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new NotReadyError(`--identity is ${file}, which can't be read (${code})\nPass the file of a private key.`);
  }
}

/** Renders an ssh configuration with the stack's hosts by name. */
export function renderConfig({ nodes, managerPublicIp }: StackOutputs, folder: SshFolder, identity?: string): string {
  const host = (name: string, address: string, jump: boolean) => [
    `Host ${name}`,
    `  HostName ${address}`,
    // ssh looks up the host key by name, because a new host may get an earlier one's address.
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
    // All commands on a host share one connection, which ends 20 s after the last command.
    ...(folder.shares
      ? ["  ControlMaster auto", `  ControlPath ${folder.path}/%n`, "  ControlPersist 20"]
      : ["  ControlMaster no"]),
    // The operator's path may contain spaces, hence the quotes, and %, which begins a token of ssh.
    ...(identity === undefined ? [] : [`  IdentityFile "${identity.replaceAll("%", "%%")}"`, "  IdentitiesOnly yes"]),
    "",
  ].join("\n");
}
