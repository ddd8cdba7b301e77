import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { containerName, execIn, inspectContainer, putFiles } from "../../engine/containers.ts";
import { createRecord, listRecords } from "../../engine/records.ts";
import { waitUntil } from "../../engine/wait-until.ts";
import { testAccount } from "../../engine/test-account.ts";
import type { Properties } from "../../provider/resource-type.ts";
import { sweep } from "../../sweep.ts";
import { token as ec2 } from "../ec2/tokens.ts";
import { aws } from "../package.ts";
import { leftovers } from "../testing/leftovers.ts";
import { Resources } from "../testing/resources.ts";
import { paths } from "./haproxy-config.ts";
import { token } from "./tokens.ts";

/** Uses its own account and ranges, so that other environments on this machine don't interfere. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("balancer").account;
const resources = new Resources();

before(() => sweep(aws, new Set()));
after(async () => {
  await sweep(aws, new Set());
  assert.deepEqual(await leftovers(), []);
});

test("a load balancer has all targets that were registered while it started", async () => {
  const vpcId = await make(ec2.vpc, { cidrBlock: "10.249.0.0/16" });
  await make(ec2.internetGateway, { vpcId });
  const subnets = [await subnetOf(vpcId, "a", 0), await subnetOf(vpcId, "b", 1)];
  const targetGroupArn = await make(token.targetGroup, { name: "app", vpcId, port: 80, protocol: "HTTP" });

  const balancer = make(token.loadBalancer, { name: "app", subnets });
  const loadBalancerArn = await waitUntil(async () => (await listRecords(token.loadBalancer))[0]?.id, {
    what: "the load balancer's record",
    timeout: 180_000,
  });
  await make(token.listener, { loadBalancerArn, port: 80, defaultActions: [{ type: "forward", targetGroupArn }] });
  const registered: string[] = [];
  do {
    const targetId = `i-${String(registered.length).padStart(17, "0")}`;
    // A record without a container is enough: the load balancer needs only a target's address.
    await createRecord(ec2.instance, targetId, {
      privateIp: `10.249.0.${registered.length + 100}`,
      subnetId: subnets[0] ?? "",
    });
    await make(token.attachment, { targetGroupArn, targetId });
    registered.push(`${targetId}:80`);
  } while ((await inspectContainer(containerName(loadBalancerArn)))?.State.Running !== true);
  assert.equal(await balancer, loadBalancerArn);

  const { stdout } = await execIn(containerName(loadBalancerArn), ["node", paths.client, paths.admin, "show stat"]);
  const listed = stdout.split("\n").map((line) => line.split(",")[1] ?? "");
  assert.deepEqual(listed.filter((name) => name.startsWith("i-")).sort(), registered.sort());
});

test("thousands of clients share few connections to a target", async () => {
  const { stdout, stderr } = await runInBalancer("many-clients", 248, ["6000"]);
  assert.equal(stderr, "");
  const { answered, connections } = JSON.parse(stdout) as { answered: number; connections: number };
  assert.equal(answered, 12_000);
  assert.ok(connections < 1_000, `${connections} connections for 12,000 requests`);
});

test("a client with a keep-alive connection gets a 502 when the target closes the connection during its request", async () => {
  const { stdout, stderr } = await runInBalancer("failing-target", 247);
  assert.deepEqual([stderr, stdout], ["", "[502,200]"]);
});

/**
 * Creates a load balancer whose only target is its own container, and runs a script in it. The
 * script is the target and its clients.
 */
async function runInBalancer(script: string, second: number, args: readonly string[] = []) {
  const vpcId = await make(ec2.vpc, { cidrBlock: `10.${second}.0.0/16` });
  await make(ec2.internetGateway, { vpcId });
  const subnets = [await subnetOf(vpcId, "a", 0, second), await subnetOf(vpcId, "b", 1, second)];
  const loadBalancerArn = await make(token.loadBalancer, { name: script, subnets });
  const targetGroupArn = await make(token.targetGroup, {
    name: script,
    vpcId,
    port: 8080,
    protocol: "HTTP",
    healthCheck: { interval: 5, timeout: 2, healthyThreshold: 2 },
  });
  await make(token.listener, { loadBalancerArn, port: 80, defaultActions: [{ type: "forward", targetGroupArn }] });
  const targetId = `i-${String(second).padStart(17, "0")}`;
  await createRecord(ec2.instance, targetId, { privateIp: "127.0.0.1", subnetId: subnets[0] ?? "" });
  await make(token.attachment, { targetGroupArn, targetId });

  const name = containerName(loadBalancerArn);
  const path = `/tmp/${script}.mts`;
  await putFiles(name, [{ path, content: await readFile(resolve(import.meta.dirname, `${script}.ts`)) }]);
  return execIn(name, ["timeout", "60", "node", path, ...args]);
}

async function subnetOf(vpcId: string, zone: string, third: number, second = 249): Promise<string> {
  return make(ec2.subnet, {
    vpcId,
    cidrBlock: `10.${second}.${third}.0/24`,
    availabilityZone: `ap-northeast-2${zone}`,
  });
}

async function make(name: string, inputs: Properties): Promise<string> {
  return (await resources.make(name, inputs)).id;
}
