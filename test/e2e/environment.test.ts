import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { execa } from "execa";
import { findInstance, instances, leftovers, runOnHost } from "../../operate/local-hosts.ts";
import { LocalStack, type OperationResult } from "../../operate/local-stack.ts";
import { story } from "../support/story.ts";
import { swarmNodes } from "../support/swarm.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { ACCOUNTS } from "./accounts.ts";
import { LoadTest } from "./load-test.ts";
import { Users } from "./users.ts";

// The whole life of an environment as one story on one stack. Each test starts where the previous
// one ended, because an environment of seven hosts takes too long to create for each.
// standing-environment.test.ts tells another story beside it, on a stack of its own.
const { account, range } = ACCOUNTS.life;
const stack = new LocalStack("e2e", account);
const users = new Users(stack);
const loadTest = new LoadTest(stack);
const setting = (name: string): string => `gifticon-event:${name}`;

/** Matches the error of a remote command whose host doesn't answer. */
const NO_ANSWER = /dial \d+\/\d+ failed/i;

const operations = ({ steps }: OperationResult): string[] => [...new Set(steps.map(({ op }) => op))].sort();

describe("the environment on the local cloud", () => {
  const step = story();
  before(async () => {
    await stack.dispose();
    await stack.initialise({ [setting("network")]: { vpcCidr: range } });
  });
  after(() => stack.dispose());

  step("refuses wrong, unknown and missing settings by name, and creates nothing", async () => {
    await stack.configure({ [setting("workers")]: 0, [setting("wrokers")]: 6, [setting("operators")]: undefined });
    const refused = await stack.run("up");
    assert.notEqual(refused.exitCode, 0);
    for (const key of ["workers", "wrokers", "operators"]) assert.match(refused.output, new RegExp(setting(key)));
    assert.deepEqual(
      refused.steps.filter(({ type }) => !type.startsWith("pulumi:")),
      [],
    );
    await loadTest.refuses([], /^error: stack local is not up$/m);
    await stack.restoreConfiguration();
  });

  step("is up after the first up, without a warning: seven ready nodes with the right roles and labels", async () => {
    const first = await stack.succeed("up");
    assert.deepEqual(operations(first), ["create"]);
    const warnings = first.output.split("\n").filter((line) => /\bwarning: /i.test(line));
    assert.deepEqual(warnings, []);
    const nodes = await swarmNodes(account, stack);
    assert.equal(nodes.length, 7);
    assert.deepEqual([...new Set(nodes.map(({ state }) => state))], ["ready"]);
    assert.deepEqual(
      nodes.filter(({ role }) => role === "manager").map(({ name }) => name),
      ["manager"],
    );
    assert.deepEqual(
      nodes.filter(({ labels }) => labels["kafka_server"] === "true").map(({ name }) => name),
      ["kafka"],
    );
  });

  step("runs every host without a failed unit, and none upgrades its packages by itself", async () => {
    for (const { name } of await instances(account)) {
      assert.equal(await runOnHost(account, name, ["systemctl", "is-system-running", "--wait"]), "running", name);
      assert.equal(await runOnHost(account, name, ["systemctl", "list-timers", "--no-legend", "apt-*"]), "", name);
    }
  });

  step("issues a gifticon through the load balancer, the API, Kafka, the issuer and the database", () =>
    users.issueOne(),
  );

  step("changes nothing with a second up", async () => {
    const second = await stack.succeed("up", ["--expect-no-changes"]);
    assert.deepEqual(second.steps, []);
  });

  step("only adds when a worker is added", async () => {
    await stack.configure({ [setting("workers")]: 6 });
    const outcome = await stack.succeed("up");
    const made = outcome.steps.filter(({ op }) => op === "create").map(({ name }) => name);
    assert.ok(made.length > 0 && made.every((name) => name.includes("worker-6")), made.join(", "));
    assert.deepEqual(
      outcome.steps.filter(({ op }) => !["create", "update"].includes(op)),
      [],
    );
    assert.equal((await swarmNodes(account, stack)).length, 8);
  });

  step("drains a worker before it goes, and loses no accepted request", async () => {
    await stack.configure({ [setting("workers")]: 5 });
    await users.underLoad(async () => {
      const outcome = await stack.succeed("up");
      const gone = outcome.steps.filter(({ op }) => op === "delete").map(({ name }) => name);
      assert.ok(gone.length > 0 && gone.every((name) => name.includes("worker-6")), gone.join(", "));
    });
    assert.equal((await swarmNodes(account, stack)).length, 7);
  });

  step("finishes an up that was killed in the middle, and so adds a load generator", async () => {
    await stack.configure({ [setting("loadGenerator")]: "k6" });
    const up = stack.start(["up", "--stack", "local", "--yes", "--skip-preview"], { reject: false });
    await waitUntil("the load generator's container", () => findInstance(account, "load-generator")).finally(() =>
      up.kill("SIGKILL"),
    );
    await up;
    assert.match(await stack.command("up"), /Proof: .* issued/);
    const nodes = await swarmNodes(account, stack);
    assert.equal(nodes.filter(({ state }) => state === "ready").length, 8);
    assert.deepEqual(
      nodes.filter(({ labels }) => labels["load_generator"] === "true").map(({ name }) => name),
      ["load-generator"],
    );
    await users.issueOne();
  });

  step("refuses invalid options of a load test, and starts nothing", () => loadTest.refusesBadInput());

  step("names the lost requests in a load test of an API that forgets one and an issuer that skips one", async () => {
    await loadTest.plantFaults();
    await stack.succeed("up");
    await loadTest.findsPlantedFaults();
  });

  step("changes the mode from kafka to direct and back", async () => {
    await stack.configure({ [setting("mode")]: "direct" });
    await stack.succeed("up");
    assert.equal((await stack.outputs()).mode, "direct");
    assert.equal((await stack.outputs()).kafkaBootstrapServers, undefined);
    assert.equal((await swarmNodes(account, stack)).length, 7);
    await users.issueOne();
    await loadTest.endsInOrder();
    await stack.configure({ [setting("mode")]: "kafka" });
    await stack.succeed("up");
    assert.equal((await swarmNodes(account, stack)).length, 8);
    await users.issueOne();
  });

  step("passes the load test in both modes: nothing lost, doubled or oversold", () => loadTest.passesInBothModes());

  step("leaves nothing after a destroy, which waits for no host, as all of them are lost", async () => {
    for (const { name } of (await stack.outputs()).nodes) {
      const { container } = await findInstance(account, name);
      await execa("docker", ["rm", "--force", "--volumes", container]);
    }
    await stack.succeed("refresh");
    assert.doesNotMatch(await stack.command("destroy"), NO_ANSWER);
    assert.deepEqual(await leftovers(account), []);
  });
});
