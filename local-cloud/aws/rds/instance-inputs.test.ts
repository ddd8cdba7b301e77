import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInstance, instanceInputs } from "./instance-inputs.ts";

const right = {
  allocatedStorage: 20,
  dbSubnetGroupName: "main",
  engine: "postgres",
  engineVersion: "17",
  identifier: "main",
  instanceClass: "db.t3.micro",
  password: "long-enough",
  username: "app",
};

/** Returns the paths that the schema refuses, or else those that the rules across inputs refuse. */
function wrongAt(changes: object): string[] {
  const { data, error } = instanceInputs.safeParse({ ...right, ...changes });
  if (error !== undefined) return error.issues.map(({ path }) => path.join("."));
  return checkInstance(data).map(({ property }) => property);
}

test("the minimal inputs are accepted", () => {
  assert.deepEqual(wrongAt({}), []);
});

for (const [path, changes] of [
  ["engine", { engine: "mysql" }],
  ["engineVersion", { engineVersion: "16.3" }],
  ["instanceClass", { instanceClass: "db.t3.nano" }],
  ["allocatedStorage", { allocatedStorage: 19 }],
  ["allocatedStorage", { allocatedStorage: undefined }],
  ["identifier", { identifier: "Main" }],
  ["username", { username: "rdsadmin" }],
  ["password", { password: "short" }],
  ["password", { password: undefined }],
  ["passwordWo", { passwordWo: "long-enough", passwordWoVersion: 1 }],
  ["backupRetentionPeriod", { backupRetentionPeriod: 36 }],
  ["backupWindow", { backupWindow: "9:00-10:00" }],
  ["maintenanceWindow", { maintenanceWindow: "Monday" }],
  ["finalSnapshotIdentifier", { finalSnapshotIdentifier: "last--one" }],
  ["publiclyAccessible", { publiclyAccessible: true }],
  ["snapshotIdentifier", { snapshotIdentifier: "last" }],
  ["iops", { iops: 3_000, storageType: "gp2" }],
  ["kmsKeyId", { kmsKeyId: "arn:aws:kms:x" }],
  ["monitoringRoleArn", { monitoringInterval: 60 }],
  ["performanceInsightsRetentionPeriod", { performanceInsightsRetentionPeriod: 7 }],
  ["performanceInsightsRetentionPeriod", { performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 30 }],
  ["maxAllocatedStorage", { maxAllocatedStorage: 10 }],
] as const) {
  test(`${JSON.stringify(changes)} is refused at ${path}`, () => {
    assert.deepEqual(wrongAt(changes), [path]);
  });
}
