import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Properties } from "../../provider/resource-type.ts";
import { containerName, logsTail, startContainer, stopContainer } from "../../engine/containers.ts";
import { waitUntil } from "../../engine/wait-until.ts";
import { testAccount } from "../../engine/test-account.ts";
import { sweep } from "../../sweep.ts";
import { aws } from "../package.ts";
import { leftovers } from "../testing/leftovers.ts";
import { BOOT_TIME, booted, Resources, shell, typeOf, type Made as Host } from "../testing/resources.ts";
import { token } from "./tokens.ts";

/** Uses its own account and range, so that other environments on this machine don't interfere. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("boot").account;
const range = "10.250.0.0/16";
const resources = new Resources();
let hostInputs: Properties;
/** Its user data runs until the file /run/go exists. */
let held: Host;

const HELD = `#!/bin/sh
echo the user data began
until test -e /run/go; do sleep 0.1; done
echo ran >>/root/runs
systemctl enable --now docker
`;

const CLOUD_CONFIG = `#cloud-config
write_files:
  - path: /etc/motd.d/note
    content: written
    permissions: "0600"
runcmd:
  - [sh, -c, "cat /etc/motd.d/note >/root/ran"]
`;

const MIME = [
  'Content-Type: multipart/mixed; boundary="part"',
  "MIME-Version: 1.0",
  "",
  "--part",
  'Content-Type: text/cloud-config; charset="us-ascii"',
  "",
  CLOUD_CONFIG.replace("written", "first"),
  "--part",
  'Content-Type: text/x-shellscript; charset="us-ascii"',
  "",
  "#!/bin/sh\necho second >/root/second",
  "--part--",
  "",
].join("\n");

before(async () => {
  // Removes the leftovers of a killed run: they would occupy the range.
  await sweep(aws, new Set());
  hostInputs = await resources.makeNetwork(range);
  held = await resources.make(token.instance, { ...hostInputs, userData: HELD });
});

after(async () => {
  await resources.removeAll();
  assert.deepEqual(await leftovers(), []);
});

test("sshd answers with the keys that cloud-init made before the user data has run", async () => {
  const offered = await until("sshd to answer", async () => {
    const { stdout } = await shell(held, "ssh-keyscan -t ed25519 127.0.0.1 2>/dev/null");
    return stdout.trim().split(" ").at(-1);
  });
  const made = await shell(held, "cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub; ls /root");
  assert.equal(made.stdout.trim(), offered);
  await shell(held, "touch /run/go");
  await booted(held);
  assert.match(await consoleOf(held), new RegExp(`^ssh-ed25519 ${offered.replaceAll("+", "\\+")} `, "m"));
});

test("systemd runs the instance without a failed unit, with timers and a journal", async () => {
  assert.equal((await shell(held, "systemctl is-system-running --wait")).stdout.trim(), "running");
  assert.equal((await shell(held, "systemctl --failed --plain --no-legend")).stdout, "");
  assert.match((await shell(held, "systemctl list-timers --no-pager")).stdout, /apt-daily-upgrade\.timer/);
  assert.match(
    (await shell(held, "journalctl --unit ssh --no-pager")).stdout,
    /Server listening on 0\.0\.0\.0 port 22/,
  );
  assert.match((await shell(held, "cloud-init status --long")).stdout, /^status: done\n[^]*DataSourceEc2Local/);
});

test("the console shows the boot, the user data and the host keys, as on EC2", async () => {
  const console = await consoleOf(held);
  assert.match(console, /^Welcome to .*Debian GNU\/Linux 13 \(trixie\)/m);
  assert.match(console, /^\[ {2}OK {2}\] Started .*ssh\.service/m);
  assert.match(console, /^\[[ \d.]+\] cloud-init\[\d+\]: the user data began$/m);
  assert.match(console, /^-----BEGIN SSH HOST KEY KEYS-----$/m);
  assert.doesNotMatch(console, /\r/);
});

test("an instance's memory limit covers the containers of its engine", async () => {
  await shell(held, "tar -C / -c bin lib lib64 usr/bin usr/lib/x86_64-linux-gnu usr/lib64 | docker import - debian");
  const greedy = await shell(held, "docker run --rm debian tail /dev/zero");
  assert.equal(greedy.exitCode, 137, greedy.stderr);
  assert.equal((await shell(held, "docker version")).exitCode, 0);
});

test("the machine's kernel settings are not an instance's to change", async () => {
  assert.notEqual((await shell(held, "sysctl -w vm.max_map_count=70000")).exitCode, 0);
  assert.equal((await shell(held, "sysctl -w net.core.somaxconn=4096")).exitCode, 0);
});

test("user data runs once, and not again after a stop and a start or a reboot", async () => {
  await stopContainer(containerName(held.id), 30);
  await startContainer(containerName(held.id));
  await bootedAgain(2);
  await shell(held, "systemctl reboot");
  await bootedAgain(3);
  assert.equal((await shell(held, "cat /root/runs")).stdout, "ran\n");
  assert.equal((await shell(held, "systemctl is-active docker")).stdout.trim(), "active");
});

test("an instance that powers itself off is stopped until it is started", async () => {
  await shell(held, "systemctl poweroff");
  await until("the instance to be stopped", async () => (await stateOf(held)) === "stopped" || undefined);
  await startContainer(containerName(held.id));
  await bootedAgain(4);
  assert.equal(await stateOf(held), "running");
});

test("user data may be a cloud-config, compressed, or a MIME message", async () => {
  const texts = [CLOUD_CONFIG, gzipSync(CLOUD_CONFIG), MIME, gzipSync(MIME)];
  const hosts = await Promise.all(
    texts.map(async (data) =>
      resources.make(token.instance, { ...hostInputs, userDataBase64: Buffer.from(data).toString("base64") }),
    ),
  );
  await Promise.all(hosts.map(booted));
  const ran = await Promise.all(
    hosts.map(async (host) => (await shell(host, "cat /root/ran /root/second 2>/dev/null")).stdout.trim()),
  );
  assert.deepEqual(ran, ["written", "written", "firstsecond", "firstsecond"]);
  for (const { id } of hosts) await resources.remove(id);
});

/** Waits until an instance has finished its boot of that number. */
async function bootedAgain(count: number): Promise<void> {
  await until(`boot ${count} to end`, async () => {
    const { stdout } = await shell(held, "journalctl --list-boots --no-pager | wc -l; systemctl is-system-running");
    // The first line of the list names its columns.
    return stdout === `${count + 1}\nrunning\n` || undefined;
  });
}

async function stateOf({ id }: Host): Promise<unknown> {
  return (await typeOf(token.instance).read(id, {}))?.outputs["instanceState"];
}

async function consoleOf({ id }: Host): Promise<string> {
  return logsTail(containerName(id), 1_000);
}

/** Waits until `look` returns something. An instance that is off answers no command. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  let found: T | undefined;
  const isThere = async () => {
    found = await look().catch(() => undefined);
    return found !== undefined && found !== "";
  };
  await waitUntil(isThere, { what, timeout: BOOT_TIME });
  return found as T;
}
