import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf } from "./cost.ts";
import type { Resource } from "./plan.ts";

const resource = (type: string, inputs: Record<string, unknown>, dependencies: string[] = []): Resource => ({
  urn: `urn::${type}`,
  type,
  name: "x",
  custom: true,
  inputs,
  outputs: {},
  dependencies,
});
const subnet = (isPublic: boolean) => resource("aws:ec2/subnet:Subnet", { mapPublicIpOnLaunch: isPublic });
const instance = (instanceType: string) =>
  resource("aws:ec2/instance:Instance", { instanceType, rootBlockDevice: { volumeSize: 73, volumeType: "gp3" } }, [
    subnet(true).urn,
  ]);

test("sums up priced resources by line", () => {
  const { lines, total } = costOf("ap-northeast-2", [], [subnet(true), instance("t3.micro"), instance("t3.micro")]);
  assert.deepEqual(
    lines.map(({ item, before, after }) => [item, before, after]),
    [
      ["GiB of disk, gp3", 0, 146],
      ["instance t3.micro", 0, 2],
      ["public IPv4 address", 0, 2],
    ],
  );
  assert.equal(total.before, 0);
  assert.ok(Math.abs(total.after - (2 * 0.013 + 2 * 0.005 + (146 * 0.0912) / 730)) < 1e-12);
});

test("an instance in a private subnet has no public address", () => {
  const { lines } = costOf("ap-northeast-2", [], [subnet(false), instance("t3.micro")]);
  assert.ok(lines.every(({ item }) => item !== "public IPv4 address"));
});

test("resources without a price are listed and not counted", () => {
  const { lines, unpriced } = costOf(
    "ap-northeast-2",
    [],
    [instance("m7i.large"), resource("aws:new/thing:Thing", {})],
  );
  assert.ok(lines.every(({ item }) => !item.includes("m7i")));
  assert.deepEqual(unpriced, [
    "aws:new/thing:Thing (no price for ap-northeast-2 in the table)",
    "instance m7i.large (no price for ap-northeast-2 in the table)",
    "traffic, and CPU that t3 hosts use beyond their baseline",
  ]);
  assert.equal(costOf("eu-west-1", [], [subnet(true), instance("t3.micro")]).unpriced.length, 4);
});

test("a database in two zones counts twice, and a load balancer has an address in each subnet", () => {
  const database = { instanceClass: "db.t3.micro", allocatedStorage: 20, storageType: "gp3", multiAz: true };
  const balancer = resource("aws:lb/loadBalancer:LoadBalancer", { subnets: ["a", "b"] });
  const { lines } = costOf("ap-northeast-2", [], [resource("aws:rds/instance:Instance", database), balancer]);
  assert.deepEqual(
    lines.map(({ item, after }) => [item, after]),
    [
      ["GiB of database storage, gp3", 40],
      ["database db.t3.micro", 2],
      ["load balancer, application", 1],
      ["public IPv4 address", 2],
    ],
  );
});

test("both regions have a price for every default resource", () => {
  const made = [
    instance("t3.micro"),
    instance("t3.medium"),
    resource("aws:rds/instance:Instance", { instanceClass: "db.t3.micro", allocatedStorage: 20, storageType: "gp3" }),
    resource("aws:lb/loadBalancer:LoadBalancer", { subnets: ["a", "b"] }),
  ];
  for (const region of ["ap-northeast-2", "us-east-1"])
    assert.deepEqual(
      costOf(region, [], made).unpriced.filter((item) => item.includes("no price")),
      [],
    );
});
