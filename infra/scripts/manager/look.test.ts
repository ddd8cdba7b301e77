import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { renderScript } from "../render-script.ts";
import { ScratchHost } from "../testing.ts";

const lookScript = (OBSERVED: string[]) => renderScript("infra/scripts/manager/look.sh", { OBSERVED });
const GIFTICON = `/services?filters=${encodeURIComponent('{"label":["com.docker.stack.namespace=gifticon"]}')}`;

/** A Swarm with a node, a stack of one service, and its secret. */
function wellSwarm() {
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
    /** Damages that hosts have found on themselves. */
    observed: [] as string[],
    service: {
      Name: "gifticon_main-api",
      TaskTemplate: { ContainerSpec: { Image: "main-api", Env: ["A=1", "B=2"] }, ForceUpdate: 0 },
      Mode: { Replicated: { Replicas: 4 } },
    },
    /** What isn't there any more. */
    gone: [] as string[],
  };
}
type Swarm = ReturnType<typeof wellSwarm>;

/** What the engine's API answers, by path. */
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

/** What the manager is asked: `remember` puts down how things are, `look` tells the repairs by key. */
class Manager implements AsyncDisposable {
  readonly #host: ScratchHost;
  answers = true;

  private constructor(host: ScratchHost) {
    this.#host = host;
  }

  static async make(managers = 1): Promise<Manager> {
    const host = await ScratchHost.make({ timeout: "#!/usr/bin/env bash\n[[ $HOST_ANSWERS == true ]]\n" });
    await writeFile(join(host.folder, "managers"), "i-1\n".repeat(managers));
    return new Manager(host);
  }

  /** As after an up. */
  async remember(swarm: Swarm, repairs: Record<string, string> = {}): Promise<void> {
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
    const lines = Object.entries(things).map(([key, what]) => `remember ${key} ${repairs[key] ?? "none"} ${what}`);
    await this.#run([renderScript("infra/scripts/lib/put.sh", {}), ...lines].join("\n"), swarm);
  }

  async look(swarm: Swarm): Promise<Record<string, string>> {
    return JSON.parse(await this.#run(lookScript(swarm.observed), swarm)) as Record<string, string>;
  }

  #run(script: string, swarm: Swarm): Promise<string> {
    return this.#host.run(script, { ANSWERS: answersOf(swarm), HOST_ANSWERS: String(this.answers) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#host[Symbol.asyncDispose]();
  }
}

/** The repairs that are asked for after a change, by key; digests left out. */
async function needed(change: (swarm: Swarm) => unknown, hostAnswers = true): Promise<Record<string, string>> {
  await using manager = await Manager.make();
  await manager.remember(wellSwarm());
  manager.answers = hostAnswers;
  const swarm = wellSwarm();
  change(swarm);
  const repairs = Object.entries(await manager.look(swarm)).filter(([, repair]) => repair !== "none");
  return Object.fromEntries(repairs.map(([key, repair]) => [key, repair.replace(/-[0-9a-f]{12}$/, "")]));
}

test("before anything was put into the Swarm, nothing needs a repair", async () => {
  await using manager = await Manager.make();
  assert.deepEqual(await manager.look(wellSwarm()), {});
});

test("what is as it was put keeps its repair", async () => {
  assert.deepEqual(await needed(() => undefined), {});
  await using manager = await Manager.make();
  await manager.remember(wellSwarm(), { "kafka-node": "changed-1" });
  assert.equal((await manager.look(wellSwarm()))["kafka-node"], "changed-1");
});

test("a node that was labelled or drained by hand needs one, and so do the stacks that it may bear", async () => {
  const both = { "kafka-node": "changed", "gifticon-stack": "changed" };
  assert.deepEqual(await needed(({ node }) => (node.Spec.Labels = {})), both);
  assert.deepEqual(await needed(({ node }) => (node.Spec.Availability = "drain")), both);
});

test("a node that its host was before, and left behind, is to be retired", async () => {
  const node = (Addr: string, host?: string) => ({
    ID: "n0",
    Spec: { Labels: host === undefined ? {} : { "gifticon-event.host": host } },
    Status: { State: "down", Addr },
  });
  const both = { "kafka-retire": "changed", "gifticon-stack": "changed" };
  assert.deepEqual(await needed(({ others }) => others.push(node("10.0.0.9", "kafka"))), both);
  assert.deepEqual(await needed(({ others }) => others.push(node("10.0.0.5"))), both);
  assert.deepEqual(await needed(({ others }) => others.push(node("10.0.0.9", "worker-1"))), {});
});

test("a host that left, or whose node was removed, joins again; one that doesn't answer is not for joining", async () => {
  const left = ({ node }: Swarm) => (node.Status.State = "down");
  const removed = ({ gone }: Swarm) => gone.push("/nodes/n1");
  assert.deepEqual(await needed(left), { "kafka-join": "changed", "gifticon-stack": "changed" });
  assert.deepEqual(await needed(removed), { "kafka-join": "gone-n1", "gifticon-stack": "changed" });
  assert.deepEqual(await needed(left, false), {});
  assert.deepEqual(await needed(removed, false), {});
});

test("a node that the manager hasn't heard of since it started is well", async () => {
  assert.deepEqual(await needed(({ node }) => (node.Status.State = "unknown")), {});
});

test("a service that was scaled, edited or removed, and a secret that was removed, need a repair", async () => {
  const stack = (found: string) => ({ "gifticon-stack": found });
  assert.deepEqual(await needed(({ service }) => (service.Mode.Replicated.Replicas = 1)), stack("changed"));
  assert.deepEqual(await needed(({ service }) => service.TaskTemplate.ContainerSpec.Env.pop()), stack("changed"));
  assert.deepEqual(await needed(({ gone }) => gone.push("service")), stack("gone"));
  assert.deepEqual(await needed(({ gone }) => gone.push("/secrets/gifticon_password-1")), {
    "gifticon-password": "gone",
  });
});

test("images that a host has lost need a repair, and so do the stacks that failed for want of them", async () => {
  const lost = needed(({ observed }) => observed.push("images n1 0123456789ab"));
  assert.deepEqual(await lost, { "kafka-images": "changed", "gifticon-stack": "changed" });
  assert.deepEqual(await needed(({ observed }) => observed.push("images n2 0123456789ab")), {});
});

test("topics that are not as declared need a repair of their stack alone", async () => {
  const deleted = needed(({ observed }) => observed.push("stack gifticon 0123456789ab"));
  assert.deepEqual(await deleted, { "gifticon-stack": "changed" });
  assert.deepEqual(await needed(({ observed }) => observed.push("stack kafka 0123456789ab")), {});
});

test("another damage of the same thing asks for another repair", async () => {
  await using manager = await Manager.make();
  await manager.remember(wellSwarm());
  const repairOf = async (damage: string) =>
    (await manager.look({ ...wellSwarm(), observed: [`images n1 ${damage}`] }))["kafka-images"];
  assert.equal(await repairOf("0123456789ab"), await repairOf("0123456789ab"));
  assert.notEqual(await repairOf("0123456789ab"), await repairOf("ba9876543210"));
});

test("a join token that was rotated by hand is read again", async () => {
  assert.deepEqual(await needed(({ tokens }) => (tokens.Worker = "SWMTKN-1-b")), { "swarm-token": "changed" });
});

test("tasks that were restarted by force, and variables in another order, are no change", async () => {
  const restarted = needed(({ service }) => {
    service.TaskTemplate.ForceUpdate += 1;
    service.TaskTemplate.ContainerSpec.Env.reverse();
  });
  assert.deepEqual(await restarted, {});
});

test("a manager that left is asked to make a Swarm again, and nothing else, which follows from it", async () => {
  const left = ({ info, gone }: Swarm) => {
    info.ControlAvailable = false;
    gone.push("/swarm", "/nodes/n1", "service", "/secrets/gifticon_password-1");
  };
  assert.deepEqual(await needed(left), { "swarm-init": "gone" });
});

test("a Swarm without a leader can't be told from a changed one, so the look fails", async () => {
  await assert.rejects(
    needed(({ info }) => (info.Error = "no leader")),
    /the Swarm can't be asked: no leader/,
  );
});

test("several managers that can't agree are seen to first, and nothing else is judged", async () => {
  await using manager = await Manager.make(3);
  await manager.remember(wellSwarm(), { "kafka-node": "changed-1" });
  const repairs = await manager.look({ ...wellSwarm(), info: { ControlAvailable: true, Error: "no leader" } });
  assert.match(repairs["swarm-init"] ?? "", /^changed-/);
  assert.deepEqual({ ...repairs, "swarm-init": "none" }, { ...(await manager.look(wellSwarm())) });
});

test("the same damage asks for the same repair, and again after the repair for another", async () => {
  await using manager = await Manager.make();
  await manager.remember(wellSwarm());
  const damaged = { ...wellSwarm(), gone: ["service"] };
  const first = (await manager.look(damaged))["gifticon-stack"] ?? "";
  assert.equal((await manager.look(damaged))["gifticon-stack"], first);
  await manager.remember(wellSwarm(), { "gifticon-stack": first });
  assert.equal((await manager.look(wellSwarm()))["gifticon-stack"], first);
  assert.notEqual((await manager.look(damaged))["gifticon-stack"], first);
});
