import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { Properties } from "../../provider/resource-type.ts";
import { containerName, logsTail, removeContainer, startContainer, stopContainer } from "../../engine/containers.ts";
import { reconcile } from "../../engine/reconcile.ts";
import { waitUntil } from "../../engine/wait-until.ts";
import { testAccount } from "../../engine/test-account.ts";
import { sweep } from "../../sweep.ts";
import { aws } from "../package.ts";
import { leftovers } from "../testing/leftovers.ts";
import { BOOT_TIME, booted, contextOf, Resources, shell, typeOf, type Made as Host } from "../testing/resources.ts";
import { textOf } from "./find.ts";
import { token } from "./tokens.ts";

/** Uses its own account and range, so that other environments on this machine don't interfere. */
process.env["LOCAL_CLOUD_ACCOUNT"] = testAccount("hosts").account;
const range = "10.251.0.0/16";
const resources = new Resources();
let hostInputs: Properties;
let vpc: string, group: string, subnet: string;
let first: Host, second: Host;

before(async () => {
  // Removes the leftovers of a killed run: they would occupy the range.
  await sweep(aws, new Set());
  hostInputs = await resources.makeNetwork(range);
  subnet = textOf(hostInputs, "subnetId");
  group = (hostInputs["vpcSecurityGroupIds"] as string[])[0] ?? "";
  const { outputs } = (await typeOf(token.subnet).read(subnet, {})) ?? { outputs: {} };
  assert.equal(outputs["availabilityZone"], "ap-northeast-2a");
  vpc = textOf(outputs, "vpcId");
  [first, second] = await Promise.all([
    resources.make(token.instance, { ...hostInputs, userData: "#!/bin/sh\nhostname\nsystemctl enable --now docker\n" }),
    resources.make(token.instance, hostInputs),
  ]);
  await Promise.all([booted(first), booted(second)]);
});

after(async () => {
  await resources.removeAll();
  assert.deepEqual(await leftovers(), []);
});

test("the console shows the output of the user data", async () => {
  assert.match(await logsTail(containerName(first.id), 200), /^\[[ \d.]+\] cloud-init\[\d+\]: ip-10-251-1-\d+$/m);
  assert.equal((await shell(first, "docker version --format '{{.Server.Version}}'")).exitCode, 0);
});

test("a Docker engine runs only on an instance whose user data starts it", async () => {
  assert.equal((await shell(second, "systemctl is-active docker")).stdout.trim(), "inactive");
});

test("the default user accepts the key pair's key, and sshd answers at the private and the public address", async () => {
  assert.match((await shell(first, "cat ~admin/.ssh/authorized_keys")).stdout, /^ssh-ed25519 /);
  assert.equal(await reaches(privateIpOf(first), 22), true);
  assert.equal(await reaches(publicIpOf(first), 22), true);
});

test("an instance has the memory of its type", async () => {
  const limit = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null";
  assert.equal((await shell(first, limit)).stdout.trim(), String(1024 ** 3));
});

test("the VPC's DNS server resolves private names", async () => {
  const name = `ip-${privateIpOf(second).replaceAll(".", "-")}.ap-northeast-2.compute.internal`;
  assert.match((await shell(first, `getent hosts ${name}`)).stdout, new RegExp(`^${privateIpOf(second)} `));
});

test("the metadata service answers requests with a token and refuses those without", async () => {
  const imds = "http://169.254.169.254/latest";
  const withToken = `token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${imds}/api/token) && curl -sf -H "X-aws-ec2-metadata-token: $token" ${imds}/meta-data/instance-id`;
  assert.equal((await shell(first, withToken)).stdout, first.id);
  assert.equal((await shell(first, `curl -s -o /dev/null -w '%{http_code}' ${imds}/meta-data/`)).stdout, "401");
});

test("answers of the metadata service do not reach a container behind the instance", async () => {
  // A network namespace behind a veth pair replaces a container, so that no image is needed.
  const behind = [
    "ip netns add behind && ip link add outer type veth peer name inner netns behind",
    "ip address add 192.168.77.1/24 dev outer && ip link set outer up",
    "ip -n behind address add 192.168.77.2/24 dev inner && ip -n behind link set inner up",
    "ip -n behind route add default via 192.168.77.1",
    "iptables -P FORWARD ACCEPT && iptables -t nat -A POSTROUTING -s 192.168.77.0/24 -j MASQUERADE",
    `ip netns exec behind bash -c 'exec 3<>/dev/tcp/${privateIpOf(first)}/22' && echo network works`,
    "ip netns exec behind curl -s -m 2 http://169.254.169.254/latest/meta-data/ || echo no metadata",
  ].join("\n");
  assert.equal((await shell(first, behind)).stdout.trim(), "network works\nno metadata");
});

test("an instance connects to nothing without an egress rule, and a new rule applies at once", async () => {
  const address = privateIpOf(second);
  assert.equal(await connects(first, address, 22), false);
  const rule = await resources.make(token.egressRule, {
    securityGroupId: group,
    ipProtocol: "tcp",
    fromPort: 22,
    toPort: 22,
    referencedSecurityGroupId: group,
  });
  assert.equal(await connects(first, address, 22), true);
  await resources.remove(rule.id);
  assert.equal(await connects(first, address, 22), false);
});

test("rules of the local cloud that an instance's root removed come back with the next pass", async () => {
  const token =
    "curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token";
  const flush = ["nat", "mangle"].map((table) => `iptables -t ${table} -F`).join(" && ");
  assert.notEqual((await shell(first, `${flush}; ${token}`)).exitCode, 0);
  await reconcile();
  assert.equal((await shell(first, token)).exitCode, 0);
  assert.equal(await connects(first, privateIpOf(second), 22), false);
});

test("an instance gets another public address by a stop and a start, unless it has an Elastic IP address", async () => {
  const own = publicIpOf(second);
  const { id, outputs } = await resources.make(token.elasticIp, { domain: "vpc", instance: second.id });
  const elastic = textOf(outputs, "publicIp");
  assert.deepEqual([await reaches(elastic, 22), await reaches(own, 22)], [true, false]);
  assert.equal(await readPublicIp(second), elastic);

  await changeType(second, "t3.small");
  assert.equal(await readPublicIp(second), elastic);
  assert.equal(await reaches(elastic, 22), true);

  await resources.remove(id);
  const next = await readPublicIp(second);
  assert.notEqual(next, elastic);
  assert.equal(await reaches(next, 22), true);

  await changeType(second, "t3.micro");
  second.outputs["publicIp"] = await readPublicIp(second);
  assert.notEqual(publicIpOf(second), next);
  assert.equal(await reaches(publicIpOf(second), 22), true);
});

test("a sixth Elastic IP address exceeds the quota, and an address of no instance stays its own", async () => {
  const all: Host[] = [];
  for (let count = 0; count < 5; count += 1) all.push(await resources.make(token.elasticIp, {}));
  assert.equal(new Set(all.map(publicIpOf)).size, 5);
  await assert.rejects(resources.make(token.elasticIp, {}), /AddressLimitExceeded/);
  await assert.rejects(
    async () =>
      typeOf(token.elasticIp).update?.(all[0]?.id ?? "", {}, { instance: "i-0123456789abcdef0" }, contextOf("")),
    /InvalidInstanceID\.NotFound/,
  );
  for (const { id } of all) await resources.remove(id);
});

test("read shows a stopped instance as EC2 does, without its public address", async () => {
  await stopContainer(containerName(second.id), 3);
  const stopped = (await typeOf(token.instance).read(second.id, {}))?.outputs ?? {};
  assert.equal(stopped["instanceState"], "stopped");
  assert.deepEqual([stopped["associatePublicIpAddress"], stopped["publicIp"]], [false, ""]);
  const updated = await typeOf(token.instance).update?.(
    second.id,
    stopped,
    { ...hostInputs, tags: { a: "b" } },
    contextOf(token.instance),
  );
  assert.deepEqual([updated?.["instanceState"], updated?.["publicIp"]], ["stopped", ""]);
  await startContainer(containerName(second.id));
  assert.equal((await typeOf(token.instance).read(second.id, {}))?.outputs["publicIp"], second.outputs["publicIp"]);
  await stopContainer(containerName(second.id), 3);
});

test("read finds no instance whose container was removed, and removes its leftovers", async () => {
  await removeContainer(containerName(second.id));
  assert.equal(await typeOf(token.instance).read(second.id, {}), undefined);
  assert.deepEqual(
    (await leftovers()).filter((name) => name.includes(second.id)),
    [],
  );
});

test("a failed creation leaves nothing behind and names its cause", async () => {
  const before = await leftovers();
  await assert.rejects(resources.make(token.instance, { ...hostInputs, privateIp: privateIpOf(first) }), /is in use/);
  await assert.rejects(resources.make(token.instance, { ...hostInputs, keyName: "nobody" }), /InvalidKeyPair.NotFound/);
  assert.deepEqual(await leftovers(), before);
});

test("a resource that another one uses can't be deleted", async () => {
  const state = {};
  await assert.rejects(typeOf(token.securityGroup).delete(group, state, contextOf("")), /DependencyViolation/);
  await assert.rejects(typeOf(token.subnet).delete(subnet, state, contextOf("")), /DependencyViolation/);
  await assert.rejects(typeOf(token.vpc).delete(vpc, state, contextOf("")), /DependencyViolation/);
});

test("a VPC with an overlapping range is refused, and the error names the stack that has the range", async () => {
  await assert.rejects(
    resources.make(token.vpc, { cidrBlock: "10.251.128.0/17" }),
    /10\.251\.0\.0\/16, which is held by stack test of account 990000\d{6}/,
  );
});

async function readPublicIp({ id }: Host): Promise<string> {
  return textOf((await typeOf(token.instance).read(id, {}))?.outputs ?? {}, "publicIp");
}

/** Changes the type of an instance, for which EC2 stops and starts it. */
async function changeType({ id }: Host, instanceType: string): Promise<void> {
  const type = typeOf(token.instance);
  const { outputs: state } = (await type.read(id, {})) ?? { outputs: {} };
  await type.update?.(id, state, { ...hostInputs, instanceType }, contextOf(token.instance));
  const answers = async () => reaches(privateIpOf(second), 22);
  await waitUntil(answers, { what: `${id} to boot`, timeout: BOOT_TIME });
}

function privateIpOf({ outputs }: Host): string {
  return textOf(outputs, "privateIp");
}

function publicIpOf({ outputs }: Host): string {
  return textOf(outputs, "publicIp");
}

async function connects(host: Host, address: string, port: number): Promise<boolean> {
  return (await shell(host, `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`)).exitCode === 0;
}

/** Returns true when this machine can connect to the port. */
async function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 });
    const end = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket.on("connect", end(true)).on("error", end(false)).on("timeout", end(false));
  });
}
