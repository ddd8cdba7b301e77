import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptedDisks, imdsV2, kafkaLabel } from "./hosts.ts";
import { findings, resource } from "./testing.ts";

const instance = (name: string, inputs: Record<string, unknown>) => resource("aws:ec2/instance:Instance", name, inputs);

test("instances take metadata calls with a token only, and none from containers", () => {
  const options = { httpTokens: "required", httpPutResponseHopLimit: 1 };
  assert.deepEqual(findings(imdsV2, [instance("a", { metadataOptions: options })]), []);
  const found = findings(imdsV2, [
    instance("a", { metadataOptions: { ...options, httpTokens: "optional" } }),
    instance("b", { metadataOptions: { ...options, httpPutResponseHopLimit: 2 } }),
    instance("c", {}),
  ]);
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ["a", "b", "c", "c"],
  );
});

test("disks are encrypted", () => {
  assert.deepEqual(findings(encryptedDisks, [instance("a", { rootBlockDevice: { encrypted: true } })]), []);
  const found = findings(encryptedDisks, [instance("a", { rootBlockDevice: { encrypted: false } }), instance("b", {})]);
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ["a", "b"],
  );
});

test("disks beside the root disk are encrypted too", () => {
  const disks = { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ encrypted: true }, { deviceName: "x" }] };
  assert.deepEqual(findings(encryptedDisks, [instance("a", disks)]), [
    { subject: "a", message: "ebsBlockDevices[1].encrypted is not true" },
  ]);
  const volume = (encrypted: boolean) => [resource("aws:ebs/volume:Volume", "kafka", { encrypted })];
  assert.deepEqual(findings(encryptedDisks, volume(true)), []);
  assert.deepEqual(findings(encryptedDisks, volume(false)), [{ subject: "kafka", message: "encrypted is not true" }]);
});

test("the label kafka_server is on exactly the Kafka hosts", () => {
  const host = (name: string, role: string, labels: string) => [
    instance(name, { tags: { Role: role } }),
    resource("command:remote:Command", `${name}-node`, {
      stdin: `#!/usr/bin/env bash\nreadonly HOST_NAME='${name}'\nreadonly -a LABELS=(${labels})\nmain\n`,
    }),
  ];
  const label = "'kafka_server=true'";
  assert.deepEqual(
    findings(kafkaLabel, [...host("kafka", "kafka", label), ...host("worker-1", "worker", "'disk=ssd'")]),
    [],
  );
  assert.deepEqual(findings(kafkaLabel, [...host("kafka", "kafka", ""), ...host("worker-1", "worker", label)]), [
    { subject: "kafka", message: "is a Kafka host without the label kafka_server=true" },
    { subject: "worker-1", message: "has the label kafka_server=true, but is no Kafka host" },
  ]);
});
