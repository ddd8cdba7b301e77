import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ScratchHost } from "../../infra/scripts/testing.ts";
import { serviceModeScript } from "./service-mode.ts";

/**
 * API of an engine whose service is the file `service`. Each update is a line of the file
 * `updates`.
 */
const CURL = `#!/usr/bin/env bash
if [[ $* == *"--request POST"* ]]; then
  spec=$(cat)
  jq -c . <<<"$spec" >>"$FOLDER/updates"
  jq --argjson spec "$spec" '.Spec = $spec | .UpdateStatus.State = "completed"' "$FOLDER/service" >"$FOLDER/next"
  mv "$FOLDER/next" "$FOLDER/service"
  echo '{}'
else
  cat "$FOLDER/service"
fi
`;

const DECLARED = {
  Name: "api",
  Labels: { own: "label" },
  TaskTemplate: { ContainerSpec: { Env: ["A=1", "MODE=kafka", "DATABASE_POOL_SIZE=5", "Z=2"] } },
  UpdateConfig: { Parallelism: 1 },
};
type Spec = typeof DECLARED;

/**
 * Runs the script with each of the verbs, and returns the service's specification and its updates.
 */
async function change(...verbs: ("switch" | "restore")[]): Promise<{ spec: Spec; updates: Spec[] }> {
  await using host = await ScratchHost.make({ curl: CURL });
  const file = (name: string) => join(host.folder, name);
  await writeFile(file("service"), JSON.stringify({ Version: { Index: 7 }, Spec: DECLARED }));
  await writeFile(file("updates"), "");
  for (const verb of verbs) await host.start(serviceModeScript("direct", 20), { FOLDER: host.folder }, verb);
  const { Spec: spec } = JSON.parse(await readFile(file("service"), "utf8")) as { Spec: Spec };
  const lines = (await readFile(file("updates"), "utf8")).split("\n").filter((line) => line !== "");
  return { spec, updates: lines.map((line) => JSON.parse(line) as Spec) };
}

test("all tasks get another mode at once, with their other variables in the same order", async () => {
  const { spec, updates } = await change("switch");
  assert.deepEqual(spec.TaskTemplate.ContainerSpec.Env, ["A=1", "MODE=direct", "DATABASE_POOL_SIZE=20", "Z=2"]);
  assert.deepEqual([updates[0]?.UpdateConfig.Parallelism, spec.UpdateConfig.Parallelism], [0, 1]);
});

test("the declared mode is restored, also after two switches", async () => {
  assert.deepEqual((await change("switch", "restore")).spec, DECLARED);
  assert.deepEqual((await change("switch", "switch", "restore")).spec, DECLARED);
});

test("a service in the wanted mode is left alone", async () => {
  assert.equal((await change("switch", "switch")).updates.length, (await change("switch")).updates.length);
  assert.deepEqual((await change("restore")).updates, []);
});
