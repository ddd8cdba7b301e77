import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { execa } from "execa";

describe("a process of a killed run", () => {
  let folder: string;
  const ends: (() => void)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "orphans-"));
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await rm(folder, { recursive: true });
  });

  /** Starts a program of an account without a language host. Its child keeps the output open. */
  async function program(account: string): Promise<{ runs: () => boolean; ended: Promise<unknown> }> {
    const script = join(folder, "@pulumi/pulumi/cmd/run/index.sh");
    await mkdir(join(script, ".."), { recursive: true });
    await writeFile(script, "sleep 300 & echo started; sleep 300\n");
    const child = execa("bash", [script], { env: { LOCAL_CLOUD_ACCOUNT: account }, detached: true, reject: false });
    ends.push(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"));
    await once(child.stdout, "data");
    return { runs: () => child.exitCode === null && child.signalCode === null, ended: child };
  }

  it("is ended with its children, and processes of other accounts stay", async () => {
    // The same test of another checkout may run at this moment.
    const [account, another] = [1, 2].map((one) => `99${String(process.pid).padStart(9, "0")}${one}`) as [
      string,
      string,
    ];
    const [own, other] = [await program(account), await program(another)];
    const script = "set -euo pipefail; source tools/lib.sh; source tools/recover.sh; end_orphans";
    const env = { LOCAL_CLOUD_ACCOUNT: account };
    const { all } = await execa("bash", ["-c", script], { cwd: join(import.meta.dirname, ".."), env, all: true });
    assert.equal(all.match(/ending its process/g)?.length, 1);
    // The output ends when its last process has ended.
    await own.ended;
    ends.shift();
    assert.deepEqual([own.runs(), other.runs()], [false, true]);
  });
});

describe("a stack local that was renamed", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "renamed-"));
    await mkdir(join(folder, ".pulumi/stacks/gifticon-event"), { recursive: true });
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const state = (stack: string, ...urns: string[]) =>
    writeFile(
      join(folder, ".pulumi/stacks/gifticon-event", `${stack}.json`),
      JSON.stringify({ checkpoint: { latest: { resources: urns.map((urn) => ({ urn })) } } }, undefined, 4),
    );
  const check = () =>
    execa("bash", ["-euc", "source tools/lib.sh; source tools/recover.sh; refuse_renamed_stack; echo on"], {
      cwd: join(import.meta.dirname, ".."),
      env: { LOCAL_CLOUD_ACCOUNT: "990000000001", PULUMI_BACKEND_URL: `file://${folder}` },
      reject: false,
    });

  it("is refused by its new name, with the command that gives the name back", async () => {
    await state("christmas", "urn:pulumi:christmas::gifticon-event::pulumi:pulumi:Stack::gifticon-event-christmas");
    const { exitCode, stdout, stderr } = await check();
    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.match(stderr, /^error: there is no stack local here, but: christmas$/m);
    assert.match(stderr, /^ +\.\/run pulumi stack rename local --stack christmas$/m);
  });

  it("is not suspected when the other stack is empty or stack local exists", async () => {
    assert.equal((await check()).stdout, "on");
    await state("empty");
    assert.equal((await check()).stdout, "on");
    await state("other", "urn:pulumi:other::gifticon-event::pulumi:pulumi:Stack::gifticon-event-other");
    assert.equal((await check()).exitCode, 1);
    await state("local");
    assert.equal((await check()).stdout, "on");
  });

  it("keeps its name free, and otherwise the stack is created once", async () => {
    const script = 'source tools/lib.sh; source tools/recover.sh; pulumi() { echo "$*" >&2; }; ensure_stack';
    const calls = async () => {
      const env = { LOCAL_CLOUD_ACCOUNT: "990000000001", PULUMI_BACKEND_URL: `file://${folder}` };
      return (await execa("bash", ["-euc", script], { cwd: join(import.meta.dirname, ".."), env })).stderr;
    };
    assert.match(await calls(), /^stack select --create --stack local /);
    await state("other", "urn:pulumi:other::gifticon-event::pulumi:pulumi:Stack::gifticon-event-other");
    assert.equal(await calls(), "");
    await state("other");
    await state("local");
    assert.equal(await calls(), "");
  });
});
