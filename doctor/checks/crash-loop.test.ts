import assert from "node:assert/strict";
import { test } from "node:test";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { HostObservation, SwarmObservation } from "../observation.ts";
import { declared, format, healthyHost, healthyHosts, healthySwarm } from "../testing.ts";
import { checkServices } from "./services.ts";

type Task = SwarmObservation["tasks"][number];

/** The manager's clock, in seconds. */
const NOW = 10_000;
const timeAt = (secondsAgo: number) => new Date((NOW - secondsAgo) * 1_000).toISOString();

interface Situation {
  service?: string;
  /** Seconds since the end of each task, the oldest first. */
  ended?: number[];
  error?: string;
  /** State of the current task, and the seconds since it changed. */
  present?: [state: string, seconds: number];
  /** End of the last task, as its host reports it. */
  end?: Partial<HostObservation["ends"][number]>;
  worker?: Partial<HostObservation>;
  /** Seconds since the last update of the service. */
  updated?: number;
  /** True when somebody changed the service by hand. */
  changed?: boolean;
}

/** Returns the finding about a service whose tasks on worker-1 ended in this way. */
function found({ service = SWARM_SERVICES.issuer, ended = [40, 20], present = ["running", 5], ...more }: Situation) {
  const { error = "task: non-zero exit (1)", end, worker = {}, updated = 1_000, changed = false } = more;
  const swarm = { ...healthySwarm(), clock: NOW };
  const one = swarm.services.find(({ Spec }) => Spec.Name === service);
  assert.ok(one);
  one.UpdatedAt = timeAt(updated);
  if (changed) one.Spec.TaskTemplate.ContainerSpec.Env.push("BROKEN=yes");
  const task = (ID: string, CreatedAt: number, DesiredState: string, State: string, at: number, Err: string): Task => ({
    ...{ ID, ServiceID: one.ID, Slot: 1, NodeID: "n2", CreatedAt: timeAt(CreatedAt), DesiredState },
    Status: { State, Timestamp: timeAt(at), Err },
  });
  swarm.tasks = [
    ...ended.map((seconds, index) => task(`t${index}`, seconds + 5, "shutdown", "failed", seconds, error)),
    task("present", present[1], "running", present[0], present[1], ""),
  ];
  const ends = end
    ? [{ task: `t${ended.length - 1}`, exitCode: 1, outOfMemory: false, lastLines: "", lastCheck: "", ...end }]
    : [];
  const hosts = { ...healthyHosts(), "worker-1": { ...healthyHost(), ends, ...worker } };
  return format(checkServices(declared, { swarm, hosts }, "up")).filter((line) => line.includes("crash-loops"));
}

test("a service whose tasks end soon after each start is reported with its last lines", () => {
  assert.deepEqual(found({ end: { lastLines: "starting | Error: no schema" } }), [
    "service gifticon_gifticon-issuer crash-loops: 2 tasks ended within 45 s, the last on worker-1 (task: non-zero exit (1)); " +
      "its last lines: starting | Error: no schema -> remove the cause that its log names; the Swarm then starts it by itself",
  ]);
});

for (const service of Object.values(SWARM_SERVICES).filter((name) => /kafka_|gifticon_/.test(name))) {
  test(`a crash loop of ${service} is reported`, () => {
    assert.equal(found({ service, present: ["starting", 1] }).length, 1);
  });
}

test("ended tasks are no crash loop when the next one keeps running, when only one ended, or when they ended long ago", () => {
  assert.deepEqual(found({ ended: [130, 110], present: ["running", 61] }), []);
  assert.deepEqual(found({ ended: [20] }), []);
  assert.deepEqual(found({ ended: [900, 800] }), []);
  assert.deepEqual(found({ updated: 10 }), [], "an update may have removed their cause");
});

test("the step for a crash loop of a service that was changed by hand is an up", () => {
  const [line = ""] = found({ changed: true });
  assert.match(line, / -> up restores it$/);
});

test("a task that needs more memory than its limit is reported with the setting", () => {
  const end = { outOfMemory: true, exitCode: 137 };
  assert.match(
    found({ end, error: "task: non-zero exit (137)" })[0] ?? "",
    /\(it took more memory than its limit\) -> raise issuer\.memoryMib; then up$/,
  );
  assert.match(found({ end, service: SWARM_SERVICES.broker })[0] ?? "", / -> raise the instance type of its host; /);
});

test("a task without a container is reported with the Swarm's error and the next step", () => {
  const step = (error: string) => found({ error, present: ["preparing", 1] })[0]?.split(" -> ")[1];
  assert.equal(step("No such image: registry/issuer@sha256:1"), "up pulls it again");
  assert.equal(
    step("network sandbox join failed: error creating vxlan interface: file exists"),
    "on worker-1: ip -o link show type vxlan | cut -d: -f2 | xargs -rn1 sudo ip link delete; the Swarm then starts the task again",
  );
});

test("the step for a broker that crash-loops after the loss of ZooKeeper's disk is the procedure", () => {
  const worker = { brokerEnd: "Invalid cluster.id in: meta.properties" };
  assert.match(found({ service: SWARM_SERVICES.broker, worker })[0] ?? "", / -> docs\/troubleshooting\.md, /);
});
