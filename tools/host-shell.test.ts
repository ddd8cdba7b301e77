import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { execa } from "execa";

/** The record of an instance, as the local cloud keeps it in a volume's labels. */
const record = (id: string, host: string) => ({
  Name: `record-${id}`,
  Labels: {
    "local-cloud.id": id,
    "local-cloud.properties": JSON.stringify({ tags: { Name: `gifticon-event-local-${host}` } }),
  },
});
/** Answers like a Docker engine with two hosts. `exec` prints its arguments and its input. */
const DOCKER = `#!/bin/sh
case "$1 $2" in
  "ps -a") printf 'c1 i-1\nc2 i-2\n' ;;
  "volume ls") printf 'record-i-1\nrecord-i-2\n' ;;
  "volume inspect") echo '${JSON.stringify([record("i-1", "worker-1"), record("i-2", "manager")])}' ;;
  exec*) echo "$@"; cat; exit 3 ;;
esac
`;

describe("./run shell", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "host-shell-"));
    await writeFile(join(folder, "docker"), DOCKER);
    await chmod(join(folder, "docker"), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  const shell = (args: string[], input = "") =>
    execa("node", [join(import.meta.dirname, "host-shell.ts"), ...args], {
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, LOCAL_CLOUD_ACCOUNT: "990000000001" },
      ...{ input, reject: false },
    });

  it("runs a command in the container of a host, with its input and its exit code", async () => {
    const { exitCode, stdout } = await shell(["manager", "docker", "node", "ls", "--help"], "typed");
    assert.deepEqual([exitCode, stdout], [3, "exec --interactive c2 docker node ls --help\ntyped"]);
  });

  it("opens a shell without a command", async () => {
    assert.equal((await shell(["worker-1"])).stdout, "exec --interactive c1 bash -l\n".trimEnd());
  });

  it("refuses an unknown host and names the hosts", async () => {
    for (const name of ["nosuch", "1"]) {
      const { exitCode, stderr } = await shell([name]);
      const message = `error: there is no host ${name} in account 990000000001; there are: manager, worker-1`;
      assert.deepEqual([exitCode, stderr], [2, message]);
    }
  });

  it("lists the hosts and their containers without a host", async () => {
    const { exitCode, stdout } = await shell([]);
    assert.deepEqual([exitCode, stdout], [0, "manager   c2\nworker-1  c1"]);
  });
});
