import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { execa } from "execa";
import { findInstance, removeRecord } from "../../operate/local-hosts.ts";
import { LocalStack } from "../../operate/local-stack.ts";
import { story } from "../support/story.ts";
import { swarmNodes } from "../support/swarm.ts";
import { ACCOUNTS } from "./accounts.ts";
import { faultSteps } from "./faults.ts";
import { lossSteps } from "./losses.ts";
import { nodeSteps } from "./nodes.ts";
import { securitySteps } from "./security.ts";
import { Users } from "./users.ts";

// A standing environment withstands attacks, faults and changes by hand, as one story on one stack.
// environment.test.ts tells the other story beside it.
const { account, range } = ACCOUNTS.faults;
const stack = new LocalStack("e2e-faults", account);
const users = new Users(stack);

describe("a standing environment on the local cloud", () => {
  const step = story();
  before(async () => {
    await stack.dispose();
    await stack.initialise({ "gifticon-event:network": { vpcCidr: range } });
    await stack.succeed("up");
    await users.issueOne();
  });
  after(() => stack.dispose());

  step("issues 1,000 users once each, and rejects a repeated user as a duplicate", async () => {
    await users.withClient(async (client) => {
      const thousand = users.fresh(1_000);
      const answers = await client.askAll(thousand);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
      const states = await Promise.all(answers.map(({ requestId }) => client.follow(requestId ?? "")));
      assert.deepEqual([...new Set(states.map(({ status }) => status))], ["issued"]);
      assert.equal(new Set(states.map(({ code }) => code)).size, 1_000);

      const again = await client.ask(thousand[0] ?? 0);
      assert.equal(again.status, 202);
      const state = await client.follow(again.requestId ?? "");
      assert.equal(state.status, "rejected");
      assert.match(state.reason ?? "", /duplicate/);
    });
  });

  securitySteps(step, stack);

  faultSteps(step, stack);

  lossSteps(step, stack);

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
    await users.issueOne();
  });

  nodeSteps(step, stack);

  step("fails without a security group rule, and the next up with --refresh repairs it", async () => {
    await removeRecord(
      account,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      ({ fromPort }) => fromPort === PORTS.api,
    );
    await users.withClient(async (client) => {
      await waitUntil("the load balancer to find no healthy target", async () => {
        const { status } = await client.ask(users.fresh(1)[0] ?? 0);
        return status === 503;
      });
    });
    const repaired = await stack.succeed("up", ["--refresh"]);
    assert.ok(repaired.steps.some(({ type, op }) => type.endsWith(":SecurityGroupIngressRule") && op === "create"));
    await users.issueOne();
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
      await users.issueOne();
      await restore();
      await stack.succeed("up");
      await users.issueOne();
    },
  );
});
