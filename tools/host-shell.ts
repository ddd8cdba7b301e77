import { spawnSync } from "node:child_process";
import { findInstance, instances, UnknownHostError } from "../operate/local-hosts.ts";

// Runs a command, or else a shell, as root on a host of the local environment. Without a host it
// lists the hosts.

const USAGE = `Usage: ./run shell [HOST [COMMAND [ARGUMENT]...]]

Runs COMMAND as root on a host of the local environment, or opens a shell there.
Without HOST it prints each host and the name of its container on this machine.`;

const account = process.env["LOCAL_CLOUD_ACCOUNT"] ?? "";
const [host, ...command] = process.argv.slice(2);

if (host === "--help" || host === "-h") console.log(USAGE);
else if (host === undefined) await list();
else process.exitCode = await run(host);

async function list(): Promise<void> {
  const hosts = (await instances(account)).sort((a, b) => a.name.localeCompare(b.name));
  if (hosts.length === 0) {
    console.error(`error: no host runs in account ${account}\n       ./run up starts the environment.\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const width = Math.max(...hosts.map(({ name }) => name.length));
  for (const { name, container } of hosts) console.log(`${name.padEnd(width)}  ${container.slice(0, 12)}`);
}

/** Runs the command and returns its exit code, or 2 for an unknown host. */
async function run(name: string): Promise<number> {
  try {
    const { container } = await findInstance(account, name);
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    const wanted = command.length === 0 ? ["bash", "-l"] : command;
    const { status } = spawnSync("docker", ["exec", "--interactive", ...terminal, container, ...wanted], {
      stdio: "inherit",
    });
    return status ?? 1;
  } catch (error) {
    if (!(error instanceof UnknownHostError)) throw error;
    console.error(`error: ${error.message}`);
    return 2;
  }
}
