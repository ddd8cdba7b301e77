import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { execa } from "execa";
import { testAccount } from "local-cloud/engine/test-account.ts";
import { ApiClient, type Answer } from "../../operate/api-client.ts";
import { findInstance, leftovers, removeRecord } from "../../operate/local-hosts.ts";
import { LocalStack, type OperationResult } from "../../operate/local-stack.ts";
import { story } from "../support/story.ts";
import { swarmNodes } from "../support/swarm.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { faultSteps } from "./faults.ts";
import { LoadTest } from "./load-test.ts";
import { lossSteps } from "./losses.ts";
import { nodeSteps } from "./nodes.ts";
import { securitySteps } from "./security.ts";

// The whole life of an environment as one story on one stack. Each test starts where the previous
// one ended, because an environment of seven hosts takes too long to create for each.
const { account, range } = testAccount("e2e");
const stack = new LocalStack("e2e", account);
const loadTest = new LoadTest(stack);
const setting = (name: string): string => `gifticon-event:${name}`;

/** Matches the error of a remote command whose host doesn't answer. */
const NO_ANSWER = /dial \d+\/\d+ failed/i;

/** The next user id that no test of the story has used. */
let nextUser = 1;
const freshUsers = (count: number): number[] => Array.from({ length: count }, () => nextUser++);

async function withClient<T>(use: (client: ApiClient) => Promise<T>): Promise<T> {
  const client = new ApiClient((await stack.outputs()).apiUrl);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Issues a gifticon. It retries, because a new load balancer first counts its health checks. */
async function issueOne(): Promise<void> {
  await withClient(async (client) => {
    const [userId = 0] = freshUsers(1);
    const answer = await waitUntil("a first answer", async () => {
      const one = await client.ask(userId, `first-${userId}`);
      return one.status < 300 && one.status > 0 ? one : undefined;
    });
    assert.equal((await client.follow(answer.requestId ?? "")).status, "issued");
  });
}

const operations = ({ steps }: OperationResult): string[] => [...new Set(steps.map(({ op }) => op))].sort();

/**
 * Sends requests of new users, ten at a time, until `work` has ended. Every accepted request must
 * then be issued.
 */
async function underLoad(work: () => Promise<void>): Promise<void> {
  await withClient(async (client) => {
    const accepted: Answer[] = [];
    const ended = new AbortController();
    const asking = (async () => {
      while (!ended.signal.aborted)
        accepted.push(...(await client.askAll(freshUsers(10))).filter(({ status }) => status === 202));
    })();
    await work().finally(() => {
      ended.abort();
    });
    await asking;
    assert.ok(accepted.length > 100, `the load was hardly running: ${accepted.length} accepted`);
    const states = await Promise.all(accepted.map(({ requestId }) => client.follow(requestId ?? "")));
    assert.deepEqual([...new Set(states.map(({ status }) => status))], ["issued"]);
  });
}

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

  step("issues a gifticon through the load balancer, the API, Kafka, the issuer and the database", issueOne);

  step("changes nothing with a second up", async () => {
    const second = await stack.succeed("up", ["--expect-no-changes"]);
    assert.deepEqual(second.steps, []);
  });

  step("issues 1,000 users once each, and rejects a repeated user as a duplicate", async () => {
    await withClient(async (client) => {
      const users = freshUsers(1_000);
      const answers = await client.askAll(users);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
      const states = await Promise.all(answers.map(({ requestId }) => client.follow(requestId ?? "")));
      assert.deepEqual([...new Set(states.map(({ status }) => status))], ["issued"]);
      assert.equal(new Set(states.map(({ code }) => code)).size, 1_000);

      const again = await client.ask(users[0] ?? 0);
      assert.equal(again.status, 202);
      const state = await client.follow(again.requestId ?? "");
      assert.equal(state.status, "rejected");
      assert.match(state.reason ?? "", /duplicate/);
    });
  });

  securitySteps(step, stack);

  faultSteps(step, stack);

  lossSteps(step, stack);

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
    await underLoad(async () => {
      const outcome = await stack.succeed("up");
      const gone = outcome.steps.filter(({ op }) => op === "delete").map(({ name }) => name);
      assert.ok(gone.length > 0 && gone.every((name) => name.includes("worker-6")), gone.join(", "));
    });
    assert.equal((await swarmNodes(account, stack)).length, 7);
  });

  step("detects a host that was removed by hand, and replaces it with its labels", async () => {
    const { container } = await findInstance(account, "worker-2");
    await execa("docker", ["rm", "-f", "-v", container]);
    await stack.succeed("refresh");
    await stack.succeed("up");
    assert.notEqual((await findInstance(account, "worker-2")).container, container);
    const nodes = await swarmNodes(account, stack);
    assert.deepEqual(
      nodes.filter(({ state }) => state !== "ready"),
      [],
    );
    assert.equal(nodes.length, 7);
    await issueOne();
  });

  nodeSteps(step, stack);

  step("fails without a security group rule, and the next up with --refresh repairs it", async () => {
    await removeRecord(
      account,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      ({ fromPort }) => fromPort === PORTS.api,
    );
    await withClient(async (client) => {
      await waitUntil("the load balancer to find no healthy target", async () => {
        const { status } = await client.ask(nextUser++);
        return status === 503;
      });
    });
    const repaired = await stack.succeed("up", ["--refresh"]);
    assert.ok(repaired.steps.some(({ type, op }) => type.endsWith(":SecurityGroupIngressRule") && op === "create"));
    await issueOne();
  });

  step(
    "fails the up with the service's own error when a service can't start, and the old version keeps serving",
    async () => {
      const restore = await stack.edit(
        "services/gifticon-issuer/main.ts",
        () => 'throw new Error("planted: no start");\n',
      );
      const failed = await stack.run("up");
      assert.notEqual(failed.exitCode, 0);
      assert.match(failed.output, /planted: no start/);
      assert.deepEqual(
        failed.steps.filter(({ type }) => type === "docker:index/image:Image").map(({ name }) => name),
        ["gifticon-issuer"],
        "a change in one service builds one image",
      );
      await issueOne();
      await restore();
      await stack.succeed("up");
      await issueOne();
    },
  );

  step("finishes an up that was killed in the middle", async () => {
    await stack.configure({ [setting("workers")]: 6 });
    const up = stack.start(["up", "--stack", "local", "--yes", "--skip-preview"], { reject: false });
    await waitUntil("the sixth worker's container", () => findInstance(account, "worker-6")).finally(() =>
      up.kill("SIGKILL"),
    );
    await up;
    assert.match(await stack.command("up"), /Proof: .* issued/);
    assert.equal((await swarmNodes(account, stack)).filter(({ state }) => state === "ready").length, 8);
    await issueOne();
  });

  step("adds a load generator, which refuses invalid options and starts nothing", async () => {
    await stack.configure({ [setting("workers")]: 5, [setting("loadGenerator")]: "k6" });
    await loadTest.plantFaults();
    await stack.succeed("up");
    const nodes = await swarmNodes(account, stack);
    assert.deepEqual(
      nodes.filter(({ labels }) => labels["load_generator"] === "true").map(({ name }) => name),
      ["load-generator"],
    );
    await loadTest.refusesBadInput();
  });

  step("names the lost requests in a load test of an API that forgets one and an issuer that skips one", async () => {
    await loadTest.findsPlantedFaults();
  });

  step("changes the mode from kafka to direct and back", async () => {
    await stack.configure({ [setting("mode")]: "direct" });
    await stack.succeed("up");
    assert.equal((await stack.outputs()).mode, "direct");
    assert.equal((await stack.outputs()).kafkaBootstrapServers, undefined);
    assert.equal((await swarmNodes(account, stack)).length, 7);
    await issueOne();
    await loadTest.endsInOrder();
    await stack.configure({ [setting("mode")]: "kafka" });
    await stack.succeed("up");
    assert.equal((await swarmNodes(account, stack)).length, 8);
    await issueOne();
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
