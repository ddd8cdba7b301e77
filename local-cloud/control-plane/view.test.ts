import assert from "node:assert/strict";
import { test } from "node:test";
import { token } from "../aws/ec2/tokens.ts";
import { exampleView, internetRoute, record } from "./example-view.ts";

test("a container in a VPC is a member with its addresses and groups", () => {
  const [first, second] = exampleView().members;
  assert.deepEqual(
    [first?.id, first?.vpcId, first?.privateAddress, first?.publicAddress, first?.groups],
    ["i-1", "vpc-1", "10.0.1.4", "198.18.0.10", ["sg-web"]],
  );
  assert.equal(second?.publicAddress, undefined);
});

test("a subnet without an association of its own follows the VPC's main route table", () => {
  assert.deepEqual(exampleView({}, [internetRoute("0.0.0.0/0")]).members[0]?.internetRoutes, ["0.0.0.0/0"]);
});

test("a subnet with an association follows that table and not the main one", () => {
  const association = record(token.routeTableAssociation, "rtbassoc-1", {
    subnetId: "subnet-1",
    routeTableId: "rtb-own",
  });
  const view = exampleView({}, [internetRoute("0.0.0.0/0"), association]);
  assert.deepEqual(view.members[0]?.internetRoutes, []);
});

test("a load balancer's groups are read from its securityGroups", () => {
  const view = exampleView({ vpcSecurityGroupIds: [], securityGroups: ["sg-data"] });
  assert.deepEqual(view.members[0]?.groups, ["sg-data"]);
});
