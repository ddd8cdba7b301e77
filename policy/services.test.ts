import assert from "node:assert/strict";
import { test } from "node:test";
import { dropped, healthChecked, imagesByDigest, limited, nonRoot, noDockerSocket, pidsLimited } from "./services.ts";
import { deployment, findings, resource, service } from "./testing.ts";

const subject = "gifticon/main-api";
const sound = [deployment({})];

test("images are named by digest", () => {
  assert.deepEqual(findings(imagesByDigest, sound), []);
  const found = findings(imagesByDigest, [deployment({ image: "registry.example/main-api:latest" })]);
  assert.deepEqual(found, [{ subject, message: "image registry.example/main-api:latest has no digest" }]);
});

test("no service mounts the Docker socket or a folder that contains it", () => {
  const mount = (source: string) => deployment({ volumes: [{ type: "bind", source, target: "/x", read_only: true }] });
  assert.deepEqual(findings(noDockerSocket, [mount("/var/lib/gifticon-event/ca.pem")]), []);
  for (const source of ["/var/run/docker.sock", "/run", "/"]) {
    assert.deepEqual(findings(noDockerSocket, [mount(source)]), [{ subject, message: `mounts ${source}` }]);
  }
});

test("services don't run as root", () => {
  assert.deepEqual(findings(nonRoot, sound), []);
  assert.deepEqual(findings(nonRoot, [deployment({ user: "0:0" })]), [{ subject, message: "runs as 0:0" }]);
  assert.deepEqual(findings(nonRoot, [deployment({ user: undefined })]), [
    { subject, message: "runs as the user of its image" },
  ]);
});

test("services have a memory limit", () => {
  assert.deepEqual(findings(limited, sound), []);
  const found = findings(limited, [deployment({ deploy: { ...service.deploy, resources: { limits: {} } } })]);
  assert.deepEqual(found, [{ subject, message: "has no memory limit" }]);
});

test("services have a limit of processes", () => {
  assert.deepEqual(findings(pidsLimited, sound), []);
  for (const limits of [{ memory: "64M" }, { memory: "64M", pids: 0 }]) {
    const found = findings(pidsLimited, [deployment({ deploy: { ...service.deploy, resources: { limits } } })]);
    assert.deepEqual(found, [{ subject, message: "has no limit of processes" }]);
  }
});

test("services have no capabilities and a read-only root", () => {
  assert.deepEqual(findings(dropped, sound), []);
  for (const capabilities of [undefined, ["NET_RAW"]]) {
    assert.deepEqual(findings(dropped, [deployment({ cap_drop: capabilities })]), [
      { subject, message: "keeps capabilities" },
    ]);
  }
  assert.deepEqual(findings(dropped, [deployment({ read_only: undefined })]), [
    { subject, message: "can write to its image's files" },
  ]);
});

test("services have a health check, of their own or of their image; jobs need none", () => {
  const unchecked = { healthcheck: undefined };
  const image = resource("docker:index/image:Image", "main-api", {
    imageName: "registry.example/main-api:0123",
    build: { dockerfile: "services/main-api/Dockerfile" },
  });
  const built = (dockerfile: string) => ({ dockerfiles: { "services/main-api/Dockerfile": dockerfile } });
  assert.deepEqual(findings(healthChecked, sound), []);
  assert.deepEqual(
    findings(healthChecked, [deployment(unchecked), image], built("FROM node\nHEALTHCHECK CMD check\n")),
    [],
  );
  assert.deepEqual(
    findings(healthChecked, [deployment({ ...unchecked, deploy: { ...service.deploy, mode: "replicated-job" } })]),
    [],
  );
  const missing = [{ subject, message: "has no health check" }];
  assert.deepEqual(findings(healthChecked, [deployment(unchecked)]), missing);
  assert.deepEqual(
    findings(healthChecked, [deployment(unchecked), image], built("FROM node\nHEALTHCHECK NONE\n")),
    missing,
  );
});
