import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { waitUntil } from "../../engine/wait-until.ts";
import { firstMessage, testContext } from "../testing/context.ts";
import { localCommand, localRun } from "./local-command.ts";

const create = (inputs: object, context = testContext()) =>
  localCommand.create(localCommand.inputs.parse(inputs), context);

describe("a local command", () => {
  it("has its directory, environment, input and interpreter", async () => {
    const shell = await create({
      create: 'read -r x; echo "$PWD $A $x"',
      dir: "/",
      environment: { A: "a" },
      stdin: "in",
    });
    assert.equal(shell.outputs["stdout"], "/ a in");
    const node = await create({ create: "process.stdout.write('node')", interpreter: [process.execPath, "-e"] });
    assert.equal(node.outputs["stdout"], "node");
  });

  it("fails with its status and last lines, or with the reason that it could not start", async () => {
    await assert.rejects(create({ create: "echo no; exit 7" }), /^Error: the command exited with status 7:\nno$/);
    await assert.rejects(create({ create: "true", interpreter: ["/missing"] }), /could not be started: .*ENOENT/);
  });

  it("does nothing without a command", async () => {
    const { outputs } = await create({ delete: "exit 1" });
    assert.equal(outputs["stdout"], "");
  });

  it("ends at an interrupt together with its child processes", async () => {
    const directory = await mkdtemp(join(tmpdir(), "local-command-"));
    const context = testContext();
    const running = create({ create: `sh -c 'echo $$ > ${directory}/pid; echo started; sleep 600'; true` }, context);
    await firstMessage(context, "the command to start");
    context.abort();
    await assert.rejects(running, /interrupted by the test/);
    const pid = Number(await readFile(join(directory, "pid"), "utf8"));
    await waitUntil(() => hasEnded(pid), { what: `the end of process ${pid}`, timeout: 180_000, interval: 10 });
    await rm(directory, { recursive: true });
  });
});

describe("the function local.run", () => {
  const run = (inputs: object) =>
    localRun.invoke(localRun.inputs.parse(inputs), { preview: true, signal: new AbortController().signal });

  it("runs in a preview too, and returns its inputs and its output", async () => {
    const { stdout, command } = await run({ command: 'cat; echo "$A" >&2', stdin: "in", environment: { A: "a" } });
    assert.deepEqual({ stdout, command }, { stdout: "in", command: 'cat; echo "$A" >&2' });
  });

  it("fails with its status and last lines", async () => {
    await assert.rejects(run({ command: "echo no; exit 7" }), /^Error: the command exited with status 7:\nno$/);
  });
});

/**
 * Returns true if a process has ended. An orphan stays a zombie until process 1 reaps it, which
 * that of a container may not do.
 */
async function hasEnded(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => undefined);
  return status === undefined || /^State:\s+Z/m.test(status);
}
