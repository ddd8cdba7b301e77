import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { authorizedKey, opensshPrivateKey, sshPublicKey } from "../tls/openssh.ts";

const SSHD = "/usr/sbin/sshd";

/** A real SSH server on loopback, for this user and one key. */
export interface TestSshd {
  port: number;
  user: string;
  /** The private key that may log in. */
  privateKey: string;
  /** The server's own public key. */
  hostKey: string;
  stop: () => Promise<void>;
}

interface Keys {
  privateKey: string;
  publicKey: string;
}

export function sshKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const wire = sshPublicKey(publicKey);
  if (wire === undefined) throw new Error("Ed25519 has an SSH format");
  return { privateKey: opensshPrivateKey(privateKey, ""), publicKey: authorizedKey(wire) };
}

/**
 * Starts an SSH server with its own host key. Needs Debian's openssh-server; its unit may be off.
 */
export async function startSshd(given: { port?: number; host?: Keys; login?: Keys } = {}): Promise<TestSshd> {
  if (!existsSync(SSHD)) throw new Error(`${SSHD} is not there: apt-get install openssh-server`);
  const directory = await mkdtemp(join(tmpdir(), "sshd-test-"));
  const { host = sshKeys(), login = sshKeys(), port = await freePort() } = given;
  await writeFile(join(directory, "host"), host.privateKey, { mode: 0o600 });
  await writeFile(join(directory, "authorized"), login.publicKey);
  await writeFile(
    join(directory, "config"),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${directory}/host`,
      `AuthorizedKeysFile ${directory}/authorized`,
      `PidFile ${directory}/pid`,
      "StrictModes no",
      "UsePAM no",
      "AcceptEnv GREETING PULUMI_COMMAND_*",
      "Subsystem sftp internal-sftp",
      "",
    ].join("\n"),
  );
  await chmod(directory, 0o700);
  // The unit would create sshd's privilege separation folder.
  await mkdir("/run/sshd", { recursive: true });
  const server = execa(SSHD, ["-D", "-e", "-f", join(directory, "config")], { reject: false, buffer: false });
  const lines = createInterface(server.stderr);
  const printed: string[] = [];
  for await (const line of lines) {
    printed.push(line);
    if (line.includes("Server listening")) break;
  }
  if (!printed.at(-1)?.includes("Server listening")) throw new Error(`sshd did not start: ${printed.join("; ")}`);
  server.stderr.resume();
  return {
    port,
    user: userInfo().username,
    privateKey: login.privateKey,
    hostKey: host.publicKey,
    stop: async () => {
      // Wait only for the server's own process: its sessions outlive it until their clients go, and
      // keep its output open.
      const exit = once(server, "exit");
      server.kill();
      await exit;
      server.stderr.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
