import assert from "node:assert/strict";
import { test } from "node:test";
import { renderScript } from "../infra/scripts/render-script.ts";
import { ScratchHost } from "../infra/scripts/testing.ts";

const STACK = `/services?status=true&filters=${encodeURIComponent('{"label":["com.docker.stack.namespace=gifticon"]}')}`;
const TASKS_OF_STACK = `/tasks?filters=${encodeURIComponent('{"label":["com.docker.stack.namespace=gifticon"]}')}`;
const TASKS = `/tasks?filters=${encodeURIComponent('{"service":["s1"]}')}`;

/** Fake of the Docker CLI. It has a log of each task. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  "node inspect"*n2) echo worker-2 ;;
  "service ps"*) echo "  the tasks of all versions" ;;
  "service logs"*) echo "the log of \${*: -1}" ;;
esac
`;

/** A task of the Swarm. The deployment began in 2026, and `old` tasks are older. */
const task = (ID: string, Image: string, State: string, { old = false, Err = "", second = 1 } = {}) => ({
  ...{ ID, ServiceID: "s1", NodeID: "n2", DesiredState: State === "running" ? "running" : "shutdown" },
  CreatedAt: `${old ? 2_020 : 2_100}-01-01T00:00:0${second}Z`,
  Spec: { ContainerSpec: { Image } },
  Status: { State, ...(Err === "" ? {} : { Err }) },
});

/** Runs the deployment on a Swarm with this service and these tasks. Returns what it says. */
async function deploy(image: string, update: string, tasks: object[]): Promise<string[]> {
  const service = {
    ID: "s1",
    UpdateStatus: { State: update },
    Spec: {
      Name: "gifticon_main-api",
      TaskTemplate: { ContainerSpec: { Image: image } },
      Mode: { Replicated: { Replicas: 1 } },
    },
  };
  const answers = { [STACK]: [service], [TASKS_OF_STACK]: tasks, [TASKS]: tasks, "/services/s1": service };
  await using host = await ScratchHost.make({ docker: DOCKER });
  const script = renderScript("stacks/stack.sh", {
    ...{ KEY: "k", REPAIR: "none", STACK: "gifticon", COMPOSE: "", FILES: [], TIMEOUT_SECONDS: 0 },
  });
  const { exitCode, stderr } = await host
    .start(script, { ANSWERS: JSON.stringify(answers) })
    .catch((error: unknown) => error as { exitCode: number; stderr: string });
  assert.equal(exitCode, 1);
  return stderr.split("\n").map((line) => line.trim());
}

const UNHEALTHY = "task: non-zero exit (1): dockerexec: unhealthy container";

test("a deployment that was rolled back shows the error and the log of its failed task only", async () => {
  const said = await deploy("first", "rollback_completed", [
    task("former", "first", "shutdown", { old: true }),
    task("broken", "second", "failed", { Err: UNHEALTHY }),
    task("ended", "second", "shutdown", { second: 2 }),
    task("back", "first", "running", { second: 3 }),
    task("back-before", "first", "complete", { second: 3 }),
  ]);
  assert.deepEqual(said.slice(0, 4), [
    "Service gifticon_main-api failed to start.",
    `Its task broken on worker-2 is failed: ${UNHEALTHY}`,
    "The last lines of this task:",
    "the log of broken",
  ]);
  assert.ok(!said.join("\n").includes("the tasks of all versions"));
});

test("a deployment in which no task failed shows the task that is not healthy yet", async () => {
  const said = await deploy("second", "", [
    task("former", "first", "complete", { old: true }),
    task("slow", "second", "starting"),
  ]);
  assert.ok(said.includes("Its task slow on worker-2 is starting: it gives no error"), said.join("\n"));
  assert.ok(said.includes("the log of slow"));
});

test("a deployment without a task of its version shows the tasks", async () => {
  const said = await deploy("second", "", [task("former", "first", "running", { old: true })]);
  assert.ok(said.includes("the tasks of all versions"), said.join("\n"));
});
