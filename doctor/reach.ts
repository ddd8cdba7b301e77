import { connect } from "node:net";
import { ExecaError } from "execa";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { ADVICE, type Advice } from "./advice.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import type { StackOutputs } from "../operate/stack-outputs.ts";
import { CheckFailed } from "./finding.ts";
import { findSshScript } from "./hosts/scripts.ts";

/** Describes why a host could not be reached over SSH. */
export interface Unreachable {
  /** The last error line of ssh or of the command on the host. */
  message: string;
  /**
   * True when the host's SSH server sends its greeting. Then the host is up, and the cause is on
   * this machine or in the keys.
   */
  greets: boolean;
}

const GREETING_TIMEOUT_MS = 5_000;

/**
 * Returns the last error line of a command over SSH, or the reason why the command didn't start.
 *
 * @param error the error that execa threw.
 */
export function messageOf(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  const output = typeof stderr === "string" ? stderr.trim() : "";
  const reason = error instanceof Error ? error.message.trim() : String(error);
  return (output === "" ? reason : output).split("\n").at(-1)?.trim() ?? "";
}

/** Returns true when an SSH server sends its greeting from this address. */
export async function greets(address: string, port: number = PORTS.ssh): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: GREETING_TIMEOUT_MS });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.on("data", (data) => {
      end(data.toString("latin1").startsWith("SSH-"));
    });
    for (const event of ["timeout", "error", "close"]) {
      socket.on(event, () => {
        end(false);
      });
    }
  });
}

/**
 * Lets the manager connect to the hosts that this machine could not reach. A host that greets the
 * manager is up, and ssh on this machine failed for another reason.
 *
 * @param errors the error of ssh by host name.
 */
export async function findUnreachable(
  hosts: SshHosts,
  nodes: StackOutputs["nodes"],
  errors: ReadonlyMap<string, string>,
): Promise<Record<string, Unreachable>> {
  const addresses = nodes.filter(({ name }) => errors.has(name)).map(({ privateIp }) => privateIp);
  const find = async () => (await hosts.run(HOSTS.manager, ["bash", "-s"], findSshScript(addresses))).split("\n");
  const found = addresses.length === 0 ? [] : await find();
  return Object.fromEntries(
    nodes.flatMap(({ name, privateIp }) => {
      const message = errors.get(name);
      return message === undefined ? [] : [[name, { message, greets: found.includes(privateIp) }]];
    }),
  );
}

/** Exit code of ssh itself. Any other code is the exit code of the command on the host. */
const SSH_FAILED = 255;

/**
 * Returns the failure to reach the manager, with the next step. Only a connection shows whether its
 * host is up: the error of ssh on this machine can't.
 *
 * @param error the error of the command over SSH.
 */
export async function managerFailure(error: unknown, managerPublicIp: string, port?: number): Promise<CheckFailed> {
  const message = messageOf(error);
  const ran = error instanceof SyntaxError || (error instanceof ExecaError && isOfCommand(error.exitCode));
  if (ran) {
    return new CheckFailed(`the manager can't report the Swarm's state: ${message}`, ADVICE.startManagersEngine());
  }
  if (await greets(managerPublicIp, port)) {
    return new CheckFailed(`the manager is up, but this machine can't log in to it: ${message}`, localStep(message));
  }
  return new CheckFailed(
    `no SSH server answers this machine at the manager's ${managerPublicIp}: ${message}`,
    ADVICE.managerGone(),
  );
}

function isOfCommand(exitCode: number | undefined): boolean {
  return exitCode !== undefined && exitCode !== SSH_FAILED;
}

/** Returns the next step when ssh on this machine can't reach a host that is up. */
export function localStep(message: string): Advice {
  if (/\bENOENT\b/.test(message)) return ADVICE.installSsh();
  if (/Permission denied/.test(message)) {
    return ADVICE.passKey();
  }
  return ADVICE.fixSsh();
}
