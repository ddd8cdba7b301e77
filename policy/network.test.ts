import assert from "node:assert/strict";
import { test } from "node:test";
import { closedPorts } from "./network.ts";
import { findings, resource } from "./testing.ts";

const ingress = (inputs: Record<string, unknown>) => [
  resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", inputs),
];
const world = "0.0.0.0/0";

test("the API's port may be open to the world, and inner ports to operators and groups", () => {
  for (const inputs of [
    { cidrIpv4: world, ipProtocol: "tcp", fromPort: 80, toPort: 80 },
    { cidrIpv4: "203.0.113.7/32", ipProtocol: "tcp", fromPort: 22, toPort: 22 },
    { cidrIpv4: "10.0.0.0/8", ipProtocol: "-1" },
    { referencedSecurityGroupId: "sg-1", ipProtocol: "udp", fromPort: 4789, toPort: 4789 },
  ]) {
    assert.deepEqual(findings(closedPorts, ingress(inputs)), [], JSON.stringify(inputs));
  }
});

test("no inner port is open to the world, by itself, in a range, or with all protocols", () => {
  for (const [inputs, port] of [
    [{ cidrIpv4: world, ipProtocol: "tcp", fromPort: 22, toPort: 22 }, "22 (SSH)"],
    [{ cidrIpv4: world, ipProtocol: "tcp", fromPort: 9000, toPort: 10000 }, "9092 (Kafka)"],
    [{ cidrIpv4: "128.0.0.0/1", ipProtocol: "udp", fromPort: 4789, toPort: 4789 }, "4789 (Swarm's overlay networks)"],
    [{ cidrIpv6: "::/0", ipProtocol: "tcp", fromPort: 2181, toPort: 2181 }, "2181 (ZooKeeper)"],
  ] as const) {
    assert.deepEqual(findings(closedPorts, ingress(inputs)), [
      { subject: "rule", message: `lets the world reach port ${port}` },
    ]);
  }
  const [all] = findings(closedPorts, ingress({ cidrIpv4: world, ipProtocol: "-1" }));
  assert.match(all?.message ?? "", /22 \(SSH\), 2181 .* 19092 \(Kafka\)$/);
});

test("ingress rules are found in every resource type that declares them", () => {
  const ssh = [{ subject: "rule", message: "lets the world reach port 22 (SSH)" }];
  const tcp22 = { protocol: "tcp", fromPort: 22, toPort: 22 };
  const group = (type: string, inputs: Record<string, unknown>) =>
    findings(closedPorts, [resource(type, "rule", inputs)]);
  const inline = {
    ingress: [{ ...tcp22, cidrBlocks: ["203.0.113.7/32", world] }],
    egress: [{ ...tcp22, cidrBlocks: [world] }],
  };
  assert.deepEqual(group("aws:ec2/securityGroup:SecurityGroup", inline), ssh);
  assert.deepEqual(group("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", inline), ssh);
  const old = { type: "ingress", ...tcp22, ipv6CidrBlocks: ["::/0"] };
  assert.deepEqual(group("aws:ec2/securityGroupRule:SecurityGroupRule", old), ssh);
  assert.deepEqual(group("aws:ec2/securityGroupRule:SecurityGroupRule", { ...old, type: "egress" }), []);
  assert.deepEqual(group("aws:ec2/securityGroup:SecurityGroup", { ingress: [{ ...tcp22, self: true }] }), []);
});

test("a public range counts as the world when its prefix is short", () => {
  for (const range of [
    { cidrIpv4: "10.0.0.0/1" },
    { cidrIpv4: "172.16.0.0/8" },
    { cidrIpv4: "8.0.0.0/9" },
    { cidrIpv6: "2000::/3" },
    { cidrIpv6: "2000::/16" },
    { cidrIpv4: "192.168.0.0/16", cidrIpv6: "::/0" },
    { cidrIpv4: "10.0.0.0/8", cidrIpv6: "::/1" },
  ]) {
    const rule = { ...range, ipProtocol: "tcp", fromPort: 22, toPort: 22 };
    assert.equal(findings(closedPorts, ingress(rule)).length, 1, JSON.stringify(range));
  }
  for (const range of [
    { cidrIpv4: "192.168.0.0/16" },
    { cidrIpv4: "198.18.0.0/15" },
    { cidrIpv4: "198.51.0.0/16" },
    { cidrIpv6: "fd00::/8" },
    { cidrIpv6: "2001:db8::/32" },
  ]) {
    const rule = { ...range, ipProtocol: "tcp", fromPort: 22, toPort: 22 };
    assert.deepEqual(findings(closedPorts, ingress(rule)), [], JSON.stringify(range));
  }
});

test("a prefix list may not reach an inner port, as its ranges are unknown", () => {
  const rule = { prefixListId: "pl-1", ipProtocol: "tcp", fromPort: 9092, toPort: 9092 };
  assert.deepEqual(findings(closedPorts, ingress(rule)), [
    { subject: "rule", message: "lets a prefix list, which can't be seen into, reach port 9092 (Kafka)" },
  ]);
  assert.deepEqual(findings(closedPorts, ingress({ ...rule, fromPort: 80, toPort: 80 })), []);
});

test("a rule for the world with an unknown port or protocol counts as open", () => {
  const rule = { cidrIpv4: world, fromPort: 22, toPort: 22 };
  assert.equal(findings(closedPorts, ingress(rule)).length, 1);
  assert.equal(findings(closedPorts, ingress({ ...rule, ipProtocol: "TCP" })).length, 1);
  assert.equal(findings(closedPorts, ingress({ cidrIpv4: world, ipProtocol: "tcp", fromPort: 22 })).length, 1);
  assert.equal(findings(closedPorts, ingress({ cidrIpv4: world, ipProtocol: "tcp", toPort: 100 })).length, 1);
  assert.deepEqual(findings(closedPorts, ingress({ cidrIpv4: world, ipProtocol: "icmp", fromPort: 8, toPort: 0 })), []);
});
