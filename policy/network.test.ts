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
