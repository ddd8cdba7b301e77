import { connect } from "node:net";
import { ExecaError } from "execa";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import type { StackOutputs } from "../operate/stack-outputs.ts";
import { Unseen } from "./finding.ts";
import { findSshScript } from "./hosts/scripts.ts";

/** Why a host could not be asked. */
export interface Unasked {
  /** The last line that ssh, or what ran on the host, said. */
  words: string;
  /**
   * True when the host's SSH server greets whoever connects to it. Then the host is there, and what
   * keeps it from being asked is on this machine, or is a matter of keys.
   */
  greets: boolean;
}

const GREETING_TIMEOUT_MS = 5_000;

/**
 * Returns the last line of what a command over SSH said, or the reason why it didn't run.
 *
 * @param error the error of execa.
 */
export function wordsOf(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  const said = typeof stderr === "string" ? stderr.trim() : "";
  const why = error instanceof Error ? error.message.trim() : String(error);
  return (said === "" ? why : said).split("\n").at(-1)?.trim() ?? "";
}

/** Returns true when an SSH server at that address of this machine's network greets. */
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
 * Finds out which of the hosts that could not be asked are there all the same, by asking the
 * manager to connect to them: ssh on this machine may fail for reasons of its own.
 *
 * @param words what ssh said, by host.
 */
export async function findUnasked(
  hosts: SshHosts,
  nodes: StackOutputs["nodes"],
  words: ReadonlyMap<string, string>,
): Promise<Record<string, Unasked>> {
  const addresses = nodes.filter(({ name }) => words.has(name)).map(({ privateIp }) => privateIp);
  const find = async () => (await hosts.run(HOSTS.manager, ["bash", "-s"], findSshScript(addresses))).split("\n");
  const found = addresses.length === 0 ? [] : await find();
  return Object.fromEntries(
    nodes.flatMap(({ name, privateIp }) => {
      const said = words.get(name);
      return said === undefined ? [] : [[name, { words: said, greets: found.includes(privateIp) }]];
    }),
  );
}

/** Exit code of ssh for a failure of its own; any other is that of the command on the host. */
const SSH_FAILED = 255;

/**
 * Returns why the manager could not be asked, with the next step. Whether its host is there is
 * judged by a connection to it, never by what ssh on this machine says.
 *
 * @param error how the command over SSH ended.
 */
export async function whyManagerUnasked(error: unknown, managerPublicIp: string, port?: number): Promise<Unseen> {
  const words = wordsOf(error);
  const ran = error instanceof SyntaxError || (error instanceof ExecaError && isOfCommand(error.exitCode));
  if (ran) {
    return new Unseen(
      `the manager can't tell how the Swarm is: ${words}`,
      "on the manager: sudo systemctl restart docker",
    );
  }
  if (await greets(managerPublicIp, port)) {
    return new Unseen(`the manager is up, but this machine can't log in to it: ${words}`, stepOnThisMachine(words));
  }
  return new Unseen(
    `no SSH server answers this machine at the manager's ${managerPublicIp}: ${words}`,
    "is its host up, and is your address among operators.cidrs? An up with --refresh makes it again if it is gone",
  );
}

function isOfCommand(exitCode: number | undefined): boolean {
  return exitCode !== undefined && exitCode !== SSH_FAILED;
}

/** Returns the step for what keeps ssh on this machine from a host that is up. */
export function stepOnThisMachine(words: string): string {
  if (/\bENOENT\b/.test(words)) return "install OpenSSH's client on this machine (openssh-client)";
  if (/Permission denied/.test(words)) {
    return "give the file of a key that it knows: --identity FILE (operators.sshPublicKeys are let in)";
  }
  return "see to ssh on this machine, by its own words; the hosts need no change";
}
