import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalRecord } from "../engine/records.ts";
import { exampleView, internetRoute, rule, vpcRange } from "./example-view.ts";
import { renderFirewall, renderNamespaceSetup } from "./firewall-rules.ts";

const toEverywhere = internetRoute("0.0.0.0/0");

function rulesOf(id: string, more: LocalRecord[], properties = {}): string {
  const view = exampleView(properties, more);
  const member = view.members.find((one) => one.id === id);
  assert.ok(member);
  return renderFirewall(member, view, vpcRange);
}

test("without a rule nothing gets in, and only requests for DNS and metadata get out", () => {
  assert.equal(
    rulesOf("i-2", []),
    `*mangle
:local-cloud-in - [0:0]
:local-cloud-out - [0:0]
-A local-cloud-in -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
-A local-cloud-in -j DROP
-A local-cloud-out -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p tcp --dport 80 -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p udp --dport 53 -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p tcp --dport 53 -j RETURN
-A local-cloud-out -j DROP
COMMIT
`,
  );
});

test("each rule of a member's groups becomes a line, for a range as for a group", () => {
  const rules = [
    toEverywhere,
    rule("in", "sg-web", "tcp", [80, 80], { cidrIpv4: "0.0.0.0/0" }),
    rule("in", "sg-web", "udp", [7946, 7950], { referencedSecurityGroupId: "sg-data" }),
    rule("in", "sg-web", "icmp", [8, -1], { cidrIpv4: "10.0.0.0/16" }),
    rule("in", "sg-web", "50", undefined, { referencedSecurityGroupId: "sg-web" }),
    rule("in", "sg-data", "tcp", [5432, 5432], { referencedSecurityGroupId: "sg-web" }),
    rule("out", "sg-web", "-1", undefined, { cidrIpv4: "0.0.0.0/0" }),
  ];
  assert.equal(
    rulesOf("i-1", rules),
    `*mangle
:local-cloud-in - [0:0]
:local-cloud-out - [0:0]
-A local-cloud-in -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
-A local-cloud-in -s 0.0.0.0/0 -p tcp --dport 80 -j RETURN
-A local-cloud-in -s 10.0.1.5/32 -p udp --dport 7946:7950 -j RETURN
-A local-cloud-in -s 10.0.0.0/16 -p icmp --icmp-type 8 -j RETURN
-A local-cloud-in -s 10.0.1.4/32 -p 50 -j RETURN
-A local-cloud-in -j DROP
-A local-cloud-out -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p tcp --dport 80 -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p udp --dport 53 -j RETURN
-A local-cloud-out -d 10.0.0.2/32 -p tcp --dport 53 -j RETURN
-A local-cloud-out -d 0.0.0.0/0 -j RETURN
-A local-cloud-out -j DROP
COMMIT
`,
  );
});

test("a public address without a route to an internet gateway reaches nothing outside the VPC", () => {
  const text = rulesOf("i-1", [rule("out", "sg-web", "-1", undefined, { cidrIpv4: "0.0.0.0/0" })]);
  assert.match(text, /^-A local-cloud-in -d 198\.18\.0\.10\/32 -j DROP$/m);
  assert.match(text, /^-A local-cloud-out ! -d 10\.0\.0\.0\/16 -j DROP$/m);
});

test("routes to parts of the internet let only those parts through", () => {
  const text = rulesOf("i-1", [internetRoute("198.51.100.0/24"), internetRoute("203.0.113.0/24")]);
  const outside = text.split("\n").filter((line) => line.startsWith("-A local-cloud-out") && /MARK|mark/.test(line));
  assert.deepEqual(outside, [
    "-A local-cloud-out ! -d 10.0.0.0/16 -j MARK --set-xmark 0x10000/0x10000",
    "-A local-cloud-out -d 198.51.100.0/24 -j MARK --set-xmark 0x0/0x10000",
    "-A local-cloud-out -d 203.0.113.0/24 -j MARK --set-xmark 0x0/0x10000",
    "-A local-cloud-out -m mark --mark 0x10000/0x10000 -j DROP",
  ]);
});

test("the members of a VPC's default group reach each other", () => {
  const text = rulesOf("i-1", [toEverywhere], { vpcSecurityGroupIds: ["sg-default"] });
  assert.match(text, /^-A local-cloud-in -s 10\.0\.1\.4\/32 -j RETURN$/m);
  assert.match(text, /^-A local-cloud-out -d 0\.0\.0\.0\/0 -j RETURN$/m);
});

test("a new network namespace gets the jumps into the chains, and the translation of the metadata address", () => {
  assert.equal(
    renderNamespaceSetup(vpcRange),
    `*nat
:local-cloud-metadata - [0:0]
-A local-cloud-metadata -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80
-A PREROUTING -d 169.254.169.254/32 -p tcp -j local-cloud-metadata
-A OUTPUT -d 169.254.169.254/32 -p tcp -j local-cloud-metadata
COMMIT
*mangle
-A PREROUTING -i eth+ -j local-cloud-in
-A POSTROUTING -o eth+ -j local-cloud-out
COMMIT
`,
  );
});
