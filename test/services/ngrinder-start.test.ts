import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { execa } from "execa";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { IMAGES, runContainer, type Container } from "../../services/testing/containers.ts";

const START = fileURLToPath(new URL("../../stacks/load-test/ngrinder/start.sh", import.meta.url));
const HOOK = fileURLToPath(new URL("ngrinder/Hook.java", import.meta.url));

/** Scripts like those of nGrinder's agent image: each starts the next as its child. */
const SCRIPTS = {
  "run.sh": '#!/usr/bin/env bash\necho waiting\nsleep "$WAIT"\n/scripts/run_agent.sh $*\n',
  "run_agent.sh": "#!/bin/sh\n/scripts/run_agent_internal.sh $@\n",
  "run_agent_internal.sh": "#!/bin/sh\njava -cp /classes Hook $@\n",
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "ngrinder-start-"));
  await mkdir(join(folder, "scripts"));
  for (const [name, text] of Object.entries(SCRIPTS))
    await writeFile(join(folder, "scripts", name), text, { mode: 0o755 });
  await execa("javac", ["-d", join(folder, "classes"), HOOK]);
  await cp(START, join(folder, "start.sh"));
  // The image's user has to read the folder.
  await chmod(folder, 0o755);
});
after(() => rm(folder, { recursive: true }));

/** Starts a container like the stack's, with an image that has Bash and Java. */
async function start(entrypoint: string[], waitSeconds: number): Promise<Container> {
  const mounts = ["scripts", "classes", "start.sh"].flatMap((name) => ["-v", `${join(folder, name)}:/${name}:ro`]);
  const [command = "", ...rest] = entrypoint;
  const options = ["--init", "--env", `WAIT=${waitSeconds}`, "--entrypoint", command, ...mounts];
  return runContainer(options, IMAGES.kafka, [...rest, "controller:80", "-Da=b"]);
}

async function logOf({ id }: Container): Promise<string[]> {
  const { stdout } = await execa("docker", ["logs", id]);
  return stdout.split("\n");
}

async function says(container: Container, line: string): Promise<void> {
  await waitUntil(line, async () => (await logOf(container)).includes(line));
}

const STARTED = "started with controller:80 -Da=b";
const ENDED = "ended cleanly";

describe("a stop of nGrinder's container", () => {
  test("lets Java end cleanly", async () => {
    await using container = await start(["bash", "/start.sh"], 0);
    await says(container, STARTED);
    await container.act("stop");
    assert.equal((await logOf(container)).at(-1), ENDED);
  });

  test("would kill Java without the stack's script", async () => {
    await using container = await start(["/scripts/run.sh"], 0);
    await says(container, STARTED);
    await container.act("stop");
    assert.ok(!(await logOf(container)).includes(ENDED));
  });

  test("doesn't wait for Java if it has not started yet", async () => {
    await using container = await start(["bash", "/start.sh"], 3_600);
    await says(container, "waiting");
    const { stdout } = await execa("docker", ["stop", "--timeout", "600", container.id], { timeout: 300_000 });
    assert.equal(stdout, container.id);
  });

  test("is not needed if the script ends on its own, and its exit code becomes the container's", async () => {
    await using container = await start(["bash", "/start.sh"], 0);
    await says(container, STARTED);
    await container.exec("pkill", "-KILL", "-x", "java");
    const { stdout } = await execa("docker", ["wait", container.id], { timeout: 300_000 });
    assert.equal(stdout, "137");
  });
});
