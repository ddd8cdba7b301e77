import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { WORKER_VALUES } from "../../plans/testing.ts";
import { renderUserData } from "../../plans/user-data.ts";
import { ScratchHost } from "../testing.ts";

/** Appends its name and arguments to the file `calls`. */
const RECORD = `#!/usr/bin/env bash
echo "\${0##*/} $*" >>"$FOLDER/calls"
`;

/** Finds dpkg's lock held by another process, and fails unless it waits for it. */
const LOCKED = `${RECORD}
[[ $* == *update || $* == *DPkg::Lock::Timeout=* ]] || { echo "E: could not get lock" >&2; exit 100; }
`;

/** Finds its lock held by another process, for which it can't wait. */
const DPKG = `${RECORD}
echo "dpkg: error: dpkg frontend lock was locked by another process" >&2
exit 2
`;

/** Knows no package. */
const NO_PACKAGE = `#!/usr/bin/env bash
exit 1
`;

const userData = renderUserData(WORKER_VALUES);

/** Runs one function of the user data, and returns what it called. */
async function callsOf(name: string): Promise<string[]> {
  await using host = await ScratchHost.make({
    "apt-get": LOCKED,
    "dpkg-query": NO_PACKAGE,
    dpkg: DPKG,
    curl: RECORD,
    systemctl: RECORD,
  });
  await host.run(userData.replace(/\nmain\n$/, `\n${name}\n`), { FOLDER: host.folder });
  return (await readFile(join(host.folder, "calls"), "utf8")).trim().split("\n");
}

test("a host never upgrades its packages by itself, even if apt's timers had started already", async () => {
  assert.deepEqual(await callsOf("stop_upgrades"), [
    "systemctl disable --quiet --now apt-daily.timer apt-daily-upgrade.timer",
    "systemctl stop apt-daily.service apt-daily-upgrade.service",
  ]);
});

test("a host that lacks packages upgrades the others before it installs them", async () => {
  const verbs = (await callsOf("install_packages")).map((call) => /(update|upgrade|install .*)$/.exec(call)?.[1]);
  assert.deepEqual(verbs.slice(0, 2), ["update", "upgrade"]);
  assert.match(verbs[2] ?? "", /^install ca-certificates .*docker\.io/);
});

test("the SSM agent is installed as the other packages are, so it waits for the lock of another process", async () => {
  const calls = await callsOf("install_session_manager");
  assert.match(calls.at(-1) ?? "", /^apt-get .*DPkg::Lock::Timeout=\d+.* install \/var\/cache\/amazon-ssm-agent\.deb$/);
});
