import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

/** Renders the script for the node of a host. */
function retirement(HOST_NAME: string, NODE_ID: string): string {
  const values = {
    HOST_NAME,
    NODE_ID,
    HOST_PUBLIC_KEY: "ssh-ed25519 AAAA",
    KEY: `${HOST_NAME}-retire`,
    REPAIR: "none",
  };
  return renderScript("infra/scripts/manager/swarm-retire.sh", values);
}

async function stepsOf(host: ScratchHost): Promise<string[]> {
  return (await readFile(join(host.folder, "steps"), "utf8")).trim().split("\n");
}

/**
 * Engine with two nodes whose hosts are gone. Changes of the first node end once the file `go`
 * exists.
 */
const TWO_NODES = `#!/usr/bin/env bash
case "$*" in
  *.Status.State*) echo down ;;
  "node update"* | "node rm"*)
    printf '%s\\n' "$2 \${*: -1}" >>"$FOLDER/steps"
    for ((i = 0; i < 600; i++)); do if [[ $* != *n1 || -e $FOLDER/go ]]; then exit; fi; sleep 0.05; done
    exit 1
    ;;
esac
`;

test("nodes that are retired at the same time are drained one after the other", async () => {
  await using host = await ScratchHost.make({ docker: TWO_NODES });
  const environment = { FOLDER: host.folder, ANSWERS: JSON.stringify({ "/tasks": [], "/services": [] }) };
  const remove = (node: string) => host.start(retirement(node, node), environment, "remove");
  const said = (script: ReturnType<typeof remove>, line: RegExp) =>
    new Promise<void>((resolve, reject) => {
      let text = "";
      script.stderr.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (line.test(text)) resolve();
      });
      script.stderr.on("end", () => {
        reject(new Error(`never said ${line.source}, but: ${text}`));
      });
    });
  const first = remove("n1");
  await said(first, /Draining node n1/);
  const second = remove("n2");
  await said(second, /Waiting until another node is retired/);
  await writeFile(join(host.folder, "go"), "");
  await Promise.all([first, second]);
  assert.deepEqual(await stepsOf(host), ["update n1", "rm n1", "update n2", "rm n2"]);
});

/** Returns the state of an engine with one service and a replica of it on each of two nodes. */
function engineWith(service: { labels: Record<string, string>; replicas: number }) {
  const task = (NodeID: string) => ({ ServiceID: "s1", NodeID, DesiredState: "running", Status: { State: "running" } });
  const node = (ID: string, Addr: string, host: string) => ({
    ID,
    Spec: { Labels: { "gifticon-event.host": host } },
    Status: { State: "ready", Addr },
  });
  return {
    nodes: [node("n1", "10.0.0.1", "worker-1"), node("n2", "10.0.0.2", "worker-2"), node("n3", "10.0.0.3", "worker-1")],
    services: [
      {
        ID: "s1",
        Version: { Index: 7 },
        Spec: { Labels: service.labels, Mode: { Replicated: { Replicas: service.replicas } } },
      },
    ],
    tasks: [task("n1"), task("n2")],
  };
}

/**
 * The manager's engine, with its state in the file `engine.json`. A new replica runs at once, on
 * n3. The replica of a drained node ends, and none replaces it. Each change is a line of the file
 * `steps`.
 */
const CHANGE = `change() { jq "$@" "$FOLDER/engine.json" >"$FOLDER/next" && mv "$FOLDER/next" "$FOLDER/engine.json"; }
step() { printf '%s\\n' "$*" >>"$FOLDER/steps"; }
`;
const ENGINE = {
  docker: `#!/usr/bin/env bash
${CHANGE}
case "$*" in
  *.Status.State*) jq -r --arg id "\${*: -1}" '.nodes[] | select(.ID == $id).Status.State' "$FOLDER/engine.json" ;;
  *.Status.Addr*) jq -r --arg id "\${*: -1}" '.nodes[] | select(.ID == $id).Status.Addr' "$FOLDER/engine.json" ;;
  "node update"*)
    step "$4 $5"
    if [[ $4 == drain ]]; then change --arg id "$5" '.tasks |= map(if .NodeID == $id then .DesiredState = "shutdown" | .Status.State = "complete" else . end)'; fi
    ;;
  "node rm"*)
    step "rm $4"
    change --arg id "$4" '.nodes |= map(select(.ID != $id))'
    ;;
esac
`,
  curl: `#!/usr/bin/env bash
${CHANGE}
path=\${*: -1}
if [[ $* == *"--request POST"* ]]; then
  spec=$(cat)
  step "replicas $(jq .Mode.Replicated.Replicas <<<"$spec")"
  change --argjson spec "$spec" '
    if $spec.Mode.Replicated.Replicas > .services[0].Spec.Mode.Replicated.Replicas
    then .tasks += [{ServiceID: "s1", NodeID: "n3", DesiredState: "running", Status: {State: "running"}}] else . end
    | .services[0].Spec = $spec'
  echo '{}'
  exit
fi
case $path in
  */nodes) jq -c .nodes "$FOLDER/engine.json" ;;
  */tasks) jq -c .tasks "$FOLDER/engine.json" ;;
  */services) jq -c .services "$FOLDER/engine.json" ;;
  */services/s1) jq -c '.services[0]' "$FOLDER/engine.json" ;;
esac
`,
  ssh: `#!/usr/bin/env bash
printf 'leave %s\\n' "\${*: -1}" >>"$FOLDER/steps"
`,
  sleep: `#!/usr/bin/env bash
printf 'sleep %s\\n' "$1" >>"$FOLDER/steps"
`,
};

/** Returns the steps when n3 replaces n1 as worker-1, and the service afterwards. */
async function replace(engine: ReturnType<typeof engineWith>) {
  await using host = await ScratchHost.make(ENGINE);
  const file = join(host.folder, "engine.json");
  await writeFile(file, JSON.stringify(engine));
  await host.run(retirement("worker-1", "n3"), { FOLDER: host.folder });
  const left = JSON.parse(await readFile(file, "utf8")) as typeof engine;
  return { steps: await stepsOf(host), service: left.services[0]?.Spec };
}

const API = { "gifticon-event.extra-copy-seconds": "15" };

test("a service that clients call has an extra replica while a node with a replica is drained", async () => {
  const { steps, service } = await replace(engineWith({ labels: API, replicas: 2 }));
  assert.deepEqual(steps, ["pause n1", "replicas 3", "sleep 15", "drain n1", "replicas 2", "leave n1", "rm n1"]);
  assert.deepEqual(service?.Labels, API);
});

test("an interrupted run continues with the extra replica that it had started", async () => {
  const engine = engineWith({ labels: { ...API, "gifticon-event.extra-copy": "true" }, replicas: 3 });
  engine.tasks.push({ ...engine.tasks[0], NodeID: "n3" } as (typeof engine.tasks)[0]);
  const { steps, service } = await replace(engine);
  assert.deepEqual(
    steps.filter((step) => step.startsWith("replicas")),
    ["replicas 3", "replicas 2"],
  );
  assert.deepEqual(service?.Labels, API);
});

test("a service without the label never has an extra replica, as two brokers of one id must not run", async () => {
  const { steps } = await replace(engineWith({ labels: {}, replicas: 1 }));
  assert.deepEqual(steps, ["pause n1", "drain n1", "leave n1", "rm n1"]);
});

test("a run that was interrupted after the drain removes the extra replica that it had started", async () => {
  const engine = engineWith({ labels: { ...API, "gifticon-event.extra-copy": "true" }, replicas: 3 });
  for (const task of engine.tasks) if (task.NodeID === "n1") task.DesiredState = "shutdown";
  const { steps, service } = await replace(engine);
  assert.deepEqual(steps, ["pause n1", "drain n1", "replicas 2", "leave n1", "rm n1"]);
  assert.deepEqual(service?.Labels, API);
});

/**
 * Engine with a manager whose host is gone. The manager can be demoted unless the file `refuses`
 * exists.
 */
const MANAGER_NODE = `#!/usr/bin/env bash
case "$*" in
  *.Status.State*) echo down ;;
  *.ManagerStatus*) if [[ ! -e $FOLDER/demoted ]]; then echo manager; fi ;;
  "node update --role worker"*)
    if [[ -e $FOLDER/refuses ]]; then echo "this would result in a loss of quorum" >&2; exit 1; fi
    touch "$FOLDER/demoted"
    ;;&
  "node update --role worker"* | "node rm"*) printf '%s\\n' "$*" >>"$FOLDER/steps" ;;
esac
`;

test("a manager is demoted before it is removed, and stays when the others would lose the quorum", async () => {
  await using host = await ScratchHost.make({ docker: MANAGER_NODE });
  const environment = { FOLDER: host.folder, ANSWERS: JSON.stringify({ "/tasks": [], "/services": [] }) };
  const script = retirement("manager-2", "n1");
  await writeFile(join(host.folder, "refuses"), "");
  await assert.rejects(host.start(script, environment, "remove"), /loss of quorum/);
  await rm(join(host.folder, "refuses"));
  await host.start(script, environment, "remove");
  assert.deepEqual(
    await readFile(join(host.folder, "steps"), "utf8"),
    "node update --role worker n1\nnode rm --force n1\n",
  );
});
