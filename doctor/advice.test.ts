import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ADVICE, type AdviceName } from "./advice.ts";

/** A test: its file, and a part of its title. */
type Case = readonly [file: string, title: string];

const LOSSES = "test/e2e/losses.ts";
const STANDING = "test/e2e/standing-environment.test.ts";
const NODES = "test/e2e/nodes.ts";
const TOPICS = "stacks/kafka/declare-topics.test.ts";
const OFF = [LOSSES, "brings back a worker that was off"] as const;
const BY_HAND = [LOSSES, "mends with one up: a crash loop, a deleted topic"] as const;
const LOST = [LOSSES, "mends lost images, an expired certificate and ZooKeeper's lost volume"] as const;
const CHANGED = [NODES, "shows manual changes of the Swarm in a preview, and repairs them with one up"] as const;
const SSH = ["operate/ssh-hosts.test.ts", "ssh parses the configuration correctly with special characters"] as const;

/** Tests that follow the advice and show that it helps. */
const HELPS = {
  upRestores: CHANGED,
  upRestoresThem: [TOPICS, "the check names it and changes nothing, and the declaration corrects it"],
  upJoinsAgain: LOST,
  upPullsAgain: LOST,
  upReadsAgain: BY_HAND,
  upRemovesNodes: [STANDING, "detects a host that was removed by hand, and replaces it"],
  upRemovesService: BY_HAND,
  upDeploysAgain: CHANGED,
  upCreatesTopic: BY_HAND,
  upAddsPartitions: [TOPICS, "the check names it and changes nothing, and the declaration corrects it"],
  upRefreshed: [STANDING, "fails without a security group rule, and the next up with --refresh repairs it"],
  recover: [STANDING, "detects a host that was removed by hand, and replaces it"],
  startEngine: OFF,
  startManagersEngine: OFF,
  managerGone: ["chaos/faults/replacement.ts", '"manager-replaced"'],
  freeSwarmPort: ["chaos/faults/network.ts", '"network-manager-worker"'],
  startForCertificate: OFF,
  restartForCertificate: LOST,
  rotateCertificates: [
    "infra/scripts/manager/swarm-rotate.test.ts",
    "another number rotates the tokens and the authority",
  ],
  managerJoinsAgain: ["infra/scripts/manager/swarm-init.test.ts", "a new first manager joins the Swarm"],
  startManagers: ["chaos/faults/hosts.ts", '"quorum-lost-and-back"'],
  zookeeperLost: LOST,
  endTransaction: [
    "test/services/transactions.test.ts",
    "are issued after the transaction is aborted with the command that the doctor names",
  ],
  passKey: SSH,
  replayLetters: [
    "test/services/replay.test.ts",
    "puts back letters that can be read now, once, and says why the others stay",
  ],
} as const satisfies Partial<Record<AdviceName, Case>>;

/**
 * Tests that show only when the advice is given: it asks a person to look or to decide, or it
 * concerns things that no test on this machine has.
 */
const IS_GIVEN = {
  topicReplaced: [
    "doctor/checks/replaced-topic.test.ts",
    "a topic that was created again is noted for a day, with the number of requests that waited in the former one",
  ],
  removeNode: ["doctor/checks/nodes.test.ts", "finds an earlier node of a host, and a node of no declared host"],
  makeRoom: ["doctor/checks/hosts.test.ts", "finds a disk that is nearly full"],
  growDisk: ["doctor/checks/hosts.test.ts", "finds a root disk that has grown, and its partition has not"],
  patchHosts: ["doctor/checks/patches.test.ts", "notes the hosts whose packages are older than 30 days"],
  setClock: ["doctor/checks/hosts.test.ts", "finds a clock that differs by more than the answer's delay explains"],
  readTasks: ["doctor/checks/services.test.ts", "finds tasks that don't run, and an update that stopped"],
  readTasksThenUp: ["doctor/checks/services.test.ts", "finds tasks that don't run, and an update that stopped"],
  readLogs: ["doctor/checks/event.test.ts", "finds a task that isn't ready, with its reason"],
  readBrokerLogs: ["doctor/checks/topics.test.ts", "finds a broker that doesn't run, or that can't report its topics"],
  readIssuerLogs: ["doctor/checks/event.test.ts", "finds a queue that doesn't move"],
  removeCause: ["doctor/checks/crash-loop.test.ts", "a service whose tasks end soon after each start"],
  // No test brings the fault about: it came once in 30 forced leaves.
  removeVxlans: ["doctor/checks/crash-loop.test.ts", "a service whose tasks end soon after each start"],
  raiseMemory: ["doctor/checks/crash-loop.test.ts", "a task that needs more memory than its limit"],
  keepPartitions: [TOPICS, "more partitions than declared can't be removed"],
  seeLines: ["doctor/checks/load-balancer.test.ts", "an error status is a fault, and the next step depends"],
  openEntrance: ["doctor/checks/load-balancer.test.ts", "a load balancer that doesn't answer is a fault"],
  installSsh: ["doctor/checks/hosts.test.ts", "reports a host that greets the manager as unknown, not as lost"],
  fixSsh: ["doctor/checks/hosts.test.ts", "reports a host that greets the manager as unknown, not as lost"],
  runLater: ["doctor/checks/credits.test.ts", "finds a machine without figures"],
  useLarger: ["doctor/checks/credits.test.ts", "finds credits that end soon or have ended"],
  letCloudWatch: ["doctor/checks/credits.test.ts", "finds a machine without figures"],
} as const satisfies Partial<Record<AdviceName, Case>>;

test("each piece of advice has one test, which shows that it helps or when it is given", () => {
  const registered = [...Object.keys(HELPS), ...Object.keys(IS_GIVEN)];
  assert.deepEqual(registered.sort(), Object.keys(ADVICE).sort());
});

test("the test of each piece of advice exists", () => {
  const missing = Object.entries<Case>({ ...HELPS, ...IS_GIVEN }).filter(
    ([, [file, title]]) => !readFileSync(join(import.meta.dirname, "..", file), "utf8").includes(title),
  );
  assert.deepEqual(missing, []);
});
