import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

const detectScript = (HOST_DRIFT: string[]) => renderScript("infra/scripts/manager/detect-drift.sh", { HOST_DRIFT });
const GIFTICON = `/services?filters=${encodeURIComponent('{"label":["com.docker.stack.namespace=gifticon"]}')}`;

/** Returns a Swarm as it was applied: with a node, a stack of one service, and its secret. */
function appliedSwarm() {
  return {
    info: { ControlAvailable: true, Error: "" },
    node: {
      Spec: {
        Labels: { "gifticon-event.host": "kafka", kafka_server: "true" } as Record<string, string>,
        Availability: "active",
      },
      Status: { State: "ready", Addr: "10.0.0.5" },
    },
    others: [] as object[],
    tokens: { Worker: "SWMTKN-1-a" },
    /** Drift that hosts observed. */
    observed: [] as string[],
    service: {
      Name: "gifticon_main-api",
      TaskTemplate: { ContainerSpec: { Image: "main-api", Env: ["A=1", "B=2"] }, ForceUpdate: 0 },
      Mode: { Replicated: { Replicas: 4 } },
    },
    /** Paths of the API that were removed, and `service` for the stack's service. */
    gone: [] as string[],
  };
}
type Swarm = ReturnType<typeof appliedSwarm>;

/** Returns the answers of the engine's API, by path. */
function answersOf({ info, node, others, tokens, service, gone }: Swarm): string {
  const all = {
    "/info": { Swarm: info },
    "/swarm": { ID: "s1", JoinTokens: tokens },
    "/nodes/n1": { ID: "n1", ...node },
    "/nodes": [...(gone.includes("/nodes/n1") ? [] : [{ ID: "n1", ...node }]), ...others],
    "/secrets/gifticon_password-1": { ID: "x1" },
    [GIFTICON]: gone.includes("service") ? [] : [{ Spec: service }],
  };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([path]) => !gone.includes(path))));
}

/** A manager. */
class Manager implements AsyncDisposable {
  readonly #host: ScratchHost;
  /** Tells whether the hosts of the nodes answer. */
  hostsAnswer = true;

  private constructor(host: ScratchHost) {
    this.#host = host;
  }

  /** Makes a manager with records of the applied Swarm. They are copied, because they take long. */
  static async ofAppliedSwarm(managers = 1): Promise<Manager> {
    const manager = await Manager.make(managers);
    await cp(join(recorded.#host.folder, "put"), join(manager.#host.folder, "put"), { recursive: true });
    return manager;
  }

  static async make(managers = 1): Promise<Manager> {
    const host = await ScratchHost.make({ timeout: "#!/usr/bin/env bash\n[[ $HOST_ANSWERS == true ]]\n" });
    await writeFile(join(host.folder, "managers"), "i-1\n".repeat(managers));
    return new Manager(host);
  }

  /** Records the Swarm as applied, with these repairs by key. */
  async record(swarm: Swarm, repairs: Record<string, string> = {}): Promise<void> {
    const things = {
      "swarm-init": "swarm self",
      "kafka-node": "node n1",
      "kafka-retire": "earlier n1",
      "kafka-join": "member n1/10.0.0.5",
      "kafka-images": "images n1",
      "swarm-token": "token Worker",
      "gifticon-password": "secret gifticon_password-1",
      "gifticon-stack": "stack gifticon",
    };
    const lines = Object.entries(things).map(
      ([key, what]) => `record_applied ${key} ${repairs[key] ?? "none"} ${what}`,
    );
    await this.#run([renderScript("infra/scripts/lib/applied-state.sh", {}), ...lines].join("\n"), swarm);
  }

  /** Returns the repairs by key. */
  async detect(swarm: Swarm): Promise<Record<string, string>> {
    return JSON.parse(await this.#run(detectScript(swarm.observed), swarm)) as Record<string, string>;
  }

  #run(script: string, swarm: Swarm): Promise<string> {
    return this.#host.run(script, { ANSWERS: answersOf(swarm), HOST_ANSWERS: String(this.hostsAnswer) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#host[Symbol.asyncDispose]();
  }
}

let recorded: Manager;
before(async () => {
  recorded = await Manager.make();
  await recorded.record(appliedSwarm());
});
after(() => recorded[Symbol.asyncDispose]());

/** Returns the new repairs after a change, by key, without digests. */
async function repairsAfter(change: (swarm: Swarm) => unknown, hostsAnswer = true): Promise<Record<string, string>> {
  await using manager = await Manager.ofAppliedSwarm();
  manager.hostsAnswer = hostsAnswer;
  const swarm = appliedSwarm();
  change(swarm);
  const repairs = Object.entries(await manager.detect(swarm)).filter(([, repair]) => repair !== "none");
  return Object.fromEntries(repairs.map(([key, repair]) => [key, repair.replace(/-[0-9a-f]{12}$/, "")]));
}

test("without records, nothing is repaired", async () => {
  await using manager = await Manager.make();
  assert.deepEqual(await manager.detect(appliedSwarm()), {});
});

test("an object without drift keeps its last repair", async () => {
  assert.deepEqual(await repairsAfter(() => undefined), {});
  await using manager = await Manager.make();
  await manager.record(appliedSwarm(), { "kafka-node": "changed-1" });
  assert.equal((await manager.detect(appliedSwarm()))["kafka-node"], "changed-1");
});

test("a node that was labelled or drained by hand is repaired, and so are the stacks", async () => {
  const both = { "kafka-node": "changed", "gifticon-stack": "changed" };
  assert.deepEqual(await repairsAfter(({ node }) => (node.Spec.Labels = {})), both);
  assert.deepEqual(await repairsAfter(({ node }) => (node.Spec.Availability = "drain")), both);
});

test("a previous node that its host left behind is retired", async () => {
  const node = (Addr: string, host?: string) => ({
    ID: "n0",
    Spec: { Labels: host === undefined ? {} : { "gifticon-event.host": host } },
    Status: { State: "down", Addr },
  });
  const both = { "kafka-retire": "changed", "gifticon-stack": "changed" };
  assert.deepEqual(await repairsAfter(({ others }) => others.push(node("10.0.0.9", "kafka"))), both);
  assert.deepEqual(await repairsAfter(({ others }) => others.push(node("10.0.0.5"))), both);
  assert.deepEqual(await repairsAfter(({ others }) => others.push(node("10.0.0.9", "worker-1"))), {});
});

test("a host that left, or whose node was removed, joins again if it answers", async () => {
  const left = ({ node }: Swarm) => (node.Status.State = "down");
  const removed = ({ gone }: Swarm) => gone.push("/nodes/n1");
  assert.deepEqual(await repairsAfter(left), { "kafka-join": "changed", "gifticon-stack": "changed" });
  assert.deepEqual(await repairsAfter(removed), { "kafka-join": "gone-n1", "gifticon-stack": "changed" });
  assert.deepEqual(await repairsAfter(left, false), {});
  assert.deepEqual(await repairsAfter(removed, false), {});
});

test("a node of unknown state, as after a start of the manager, is no drift", async () => {
  assert.deepEqual(await repairsAfter(({ node }) => (node.Status.State = "unknown")), {});
});

test("a service that was scaled, edited or removed, and a secret that was removed, are repaired", async () => {
  const stack = (found: string) => ({ "gifticon-stack": found });
  assert.deepEqual(await repairsAfter(({ service }) => (service.Mode.Replicated.Replicas = 1)), stack("changed"));
  assert.deepEqual(await repairsAfter(({ service }) => service.TaskTemplate.ContainerSpec.Env.pop()), stack("changed"));
  assert.deepEqual(await repairsAfter(({ gone }) => gone.push("service")), stack("gone"));
  assert.deepEqual(await repairsAfter(({ gone }) => gone.push("/secrets/gifticon_password-1")), {
    "gifticon-password": "gone",
  });
});

test("missing images are pulled again, and the stacks are repaired", async () => {
  const lost = repairsAfter(({ observed }) => observed.push("images n1 0123456789ab"));
  assert.deepEqual(await lost, { "kafka-images": "changed", "gifticon-stack": "changed" });
  assert.deepEqual(await repairsAfter(({ observed }) => observed.push("images n2 0123456789ab")), {});
});

test("differing topics are repaired by their stack alone", async () => {
  const deleted = repairsAfter(({ observed }) => observed.push("stack gifticon 0123456789ab"));
  assert.deepEqual(await deleted, { "gifticon-stack": "changed" });
  assert.deepEqual(await repairsAfter(({ observed }) => observed.push("stack kafka 0123456789ab")), {});
});

test("another drift of the same object gets another repair", async () => {
  await using manager = await Manager.ofAppliedSwarm();
  const repairOf = async (digest: string) =>
    (await manager.detect({ ...appliedSwarm(), observed: [`images n1 ${digest}`] }))["kafka-images"];
  assert.equal(await repairOf("0123456789ab"), await repairOf("0123456789ab"));
  assert.notEqual(await repairOf("0123456789ab"), await repairOf("ba9876543210"));
});

test("a join token that was rotated by hand is read again", async () => {
  assert.deepEqual(await repairsAfter(({ tokens }) => (tokens.Worker = "SWMTKN-1-b")), { "swarm-token": "changed" });
});

test("a forced update and another order of variables are no drift", async () => {
  const restarted = repairsAfter(({ service }) => {
    service.TaskTemplate.ForceUpdate += 1;
    service.TaskTemplate.ContainerSpec.Env.reverse();
  });
  assert.deepEqual(await restarted, {});
});

test("a manager that left creates a Swarm again, and nothing else is repaired", async () => {
  const left = ({ info, gone }: Swarm) => {
    info.ControlAvailable = false;
    gone.push("/swarm", "/nodes/n1", "service", "/secrets/gifticon_password-1");
  };
  assert.deepEqual(await repairsAfter(left), { "swarm-init": "gone" });
});

test("a single manager with an error fails, because no drift can be detected", async () => {
  await assert.rejects(
    repairsAfter(({ info }) => (info.Error = "no leader")),
    /error: The Swarm's manager reports an error: no leader/,
  );
});

test("several managers without a quorum are repaired, and nothing else", async () => {
  await using manager = await Manager.make(3);
  await manager.record(appliedSwarm(), { "kafka-node": "changed-1" });
  const repairs = await manager.detect({ ...appliedSwarm(), info: { ControlAvailable: true, Error: "no leader" } });
  assert.match(repairs["swarm-init"] ?? "", /^changed-/);
  assert.deepEqual({ ...repairs, "swarm-init": "none" }, { ...(await manager.detect(appliedSwarm())) });
});

test("the same drift gets the same repair, and another one when it comes back after that", async () => {
  await using manager = await Manager.ofAppliedSwarm();
  const drifted = { ...appliedSwarm(), gone: ["service"] };
  const first = (await manager.detect(drifted))["gifticon-stack"] ?? "";
  assert.equal((await manager.detect(drifted))["gifticon-stack"], first);
  await manager.record(appliedSwarm(), { "gifticon-stack": first });
  assert.equal((await manager.detect(appliedSwarm()))["gifticon-stack"], first);
  assert.notEqual((await manager.detect(drifted))["gifticon-stack"], first);
});
