import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

const KEY = "ssh-ed25519 MADE-BY-THE-PROGRAM";
const script = renderScript("infra/scripts/manager/await-host-key.sh", {
  HOST_NAME: "worker-1",
  HOST_ADDRESS: "10.0.0.7",
  HOST_PUBLIC_KEY: `${KEY} worker-1`,
});

/** Fake of ssh-keyscan: no answer at first, then the keys of the host's own, then the program's. */
const KEYSCAN = `#!/usr/bin/env bash
scans=$(cat "$STATE/scans" 2>/dev/null || echo 0)
echo $((scans + 1)) >"$STATE/scans"
case $scans in
  0) exit 1 ;;
  1 | 2) printf '# 10.0.0.7:22 SSH-2.0-OpenSSH_10.0\\n%s ssh-ed25519 MADE-AT-BOOT\\n' "\${*: -1}" ;;
  *) printf '%s ${KEY}\\n' "\${*: -1}" ;;
esac
`;
const commands = { docker: "#!/bin/sh\n", sleep: "#!/bin/sh\n", "ssh-keyscan": KEYSCAN };

test("waits while the host does not answer, or shows keys of its own", async () => {
  await using host = await ScratchHost.make(commands);
  await host.run(script, { STATE: host.folder });
  assert.equal(await readFile(join(host.folder, "scans"), "utf8"), "4\n");
});

test("says which key a host shows that never gets the program's", async () => {
  await using host = await ScratchHost.make({
    ...commands,
    "ssh-keyscan": "#!/bin/sh\necho '10.0.0.7 ssh-ed25519 MADE-AT-BOOT'\n",
  });
  const impatient = script.replace("SECONDS_TO_BOOT=600", "SECONDS_TO_BOOT=0");
  await assert.rejects(host.run(impatient), (error: Error) => {
    assert.match(error.message, /Gave up after 0 s of waiting for host worker-1 to show its SSH key/);
    assert.match(error.message, /Host worker-1 at 10\.0\.0\.7 shows ssh-ed25519 MADE-AT-BOOT\. Its user data installs/);
    return true;
  });
});
