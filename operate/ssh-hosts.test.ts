import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { renderConfig, SshHosts } from "./ssh-hosts.ts";
import type { StackOutputs } from "./stack-outputs.ts";

const stack: StackOutputs = {
  ...{ apiUrl: "http://api.example", managerPublicIp: "203.0.113.9", mode: "kafka", loadGenerator: "k6" },
  nodes: [
    { name: "manager", role: "manager", privateIp: "10.0.0.4", labels: {}, hostKey: "ssh-ed25519 A" },
    { name: "load-generator", role: "load-generator", privateIp: "10.0.0.9", labels: {}, hostKey: "ssh-ed25519 B" },
  ],
};

const folder = { path: "/folder", shares: true };

test("ssh reaches the manager at its public address and the others through it, with known host keys", () => {
  const config = renderConfig(stack, folder, "/folder/key");
  assert.match(config, /Host manager\n {2}HostName 203\.0\.113\.9\n {2}HostKeyAlias manager\nHost/);
  assert.match(
    config,
    /Host load-generator\n {2}HostName 10\.0\.0\.9\n {2}HostKeyAlias load-generator\n {2}ProxyJump manager\n/,
  );
  assert.match(config, /StrictHostKeyChecking yes/);
  assert.match(config, /IdentityFile "\/folder\/key"\n {2}IdentitiesOnly yes/);
});

test("without a key, ssh uses the operator's default keys", () => {
  assert.doesNotMatch(renderConfig(stack, folder), /Identit/);
});

/** Returns the host's configuration as ssh resolves it. */
async function readBySsh(hosts: SshHosts, host: string): Promise<Map<string, string>> {
  const { stdout } = await execa("ssh", ["-G", "-F", hosts.configuration, host]);
  const lines = stdout.split("\n").map((line) => line.split(" "));
  return new Map(lines.map(([name = "", ...value]) => [name, value.join(" ")]));
}

test("ssh parses the configuration correctly with special characters in TMPDIR and the key's path", async () => {
  const root = await mkdtemp(join(tmpdir(), "ssh-hosts-"));
  try {
    const place = join(root, "x".repeat(100));
    await mkdir(place);
    const file = join(root, "my 100% key");
    await writeFile(file, "");
    await using hosts = await SshHosts.open(stack, { file }, [place]);
    const read = await readBySsh(hosts, "load-generator");
    assert.equal(read.get("identityfile"), file.replaceAll("%", "%%"));
    assert.equal(read.get("userknownhostsfile"), hosts.configuration.replace(/config$/, "known_hosts"));
    assert.equal(read.get("proxyjump"), "manager");
    // The place is too long for a socket, so each command has a separate connection.
    assert.deepEqual([read.get("controlmaster"), read.get("controlpath")], ["false", undefined]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("connections share sockets whose paths ssh can bind", async () => {
  await using hosts = await SshHosts.open(stack, undefined);
  const path = (await readBySsh(hosts, "load-generator")).get("controlpath") ?? "";
  assert.match(path, /\/load-generator$/);
  assert.ok(Buffer.byteLength(path) + 17 <= 107, path);
});

test("ssh's files with the private key are removed when the process exits early", async () => {
  const script = `
    import { SshHosts } from ${JSON.stringify(new URL("ssh-hosts.ts", import.meta.url).href)};
    const hosts = await SshHosts.open(${JSON.stringify(stack)}, { key: "secret" });
    console.log(hosts.configuration);
    process.exit(130);
  `;
  const { exitCode, stdout } = await execa(process.execPath, ["--input-type=module", "--eval", script], {
    reject: false,
  });
  assert.equal(exitCode, 130);
  await assert.rejects(access(dirname(stdout)), { code: "ENOENT" });
});

test("an unreadable key is refused before ssh connects", async () => {
  await assert.rejects(SshHosts.open(stack, { file: "/absent/key" }), {
    name: "NotReadyError",
    message: /^--identity is \/absent\/key, which can't be read \(ENOENT\)/,
  });
});
