import assert from "node:assert/strict";
import { test } from "node:test";
import forge from "node-forge";
import type { HostObservation } from "../observation.ts";
import { format, steps, healthyHost } from "../testing.ts";
import { checkHosts } from "./hosts.ts";

const found = (change: Partial<HostObservation>) =>
  format(checkHosts({ hosts: { "worker-1": { ...healthyHost(), ...change } }, unreachable: {} }, steps));
/** Returns the findings about a host that could not be reached. */
const unreachable = (message: string, greets: boolean) =>
  format(checkHosts({ hosts: { "worker-1": undefined }, unreachable: { "worker-1": { message, greets } } }, steps));

const DAY = 86_400;

/** Returns a certificate that is valid for 90 days from 1970. */
function certificate(): string {
  const pair = forge.pki.rsa.generateKeyPair(1024);
  const made = forge.pki.createCertificate();
  made.publicKey = pair.publicKey;
  made.validity.notBefore = new Date(0);
  made.validity.notAfter = new Date(90 * DAY * 1_000);
  made.sign(pair.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}

test("finds no fault in a host with free disk space, the right time and an active node", () => {
  assert.deepEqual(found({}), []);
});

test("finds a host that neither this machine nor the manager reaches", () => {
  assert.deepEqual(unreachable("ssh: connect to host 10.0.0.5 port 22: Connection timed out", false), [
    "worker-1 answers neither this machine nor the manager over SSH: " +
      "ssh: connect to host 10.0.0.5 port 22: Connection timed out -> recover worker-1",
  ]);
});

for (const [message, next] of [
  ["admin@10.0.0.5: Permission denied (publickey).", "pass a private key that the host accepts: --identity FILE"],
  ["spawn ssh ENOENT", "install OpenSSH's client on this machine (openssh-client)"],
  ['unix_listener: path "/tmp/x" too long for Unix domain socket', "fix ssh on this machine, as its message says"],
  ["Bad configuration option: foo", "fix ssh on this machine, as its message says"],
  ["Host key verification failed.", "fix ssh on this machine, as its message says"],
] as const) {
  test(`reports a host that greets the manager as unknown, not as lost: ${message}`, () => {
    const [finding = "", ...more] = unreachable(message, true);
    assert.deepEqual(more, []);
    assert.ok(
      finding.startsWith(`unknown: worker-1 is up, but this machine can't reach it: ${message} -> ${next}`),
      finding,
    );
  });
}

test("an up joins a host that left the Swarm; a stopped engine has to be restarted", () => {
  assert.deepEqual(found({ swarm: "inactive" }), ["worker-1: its node is inactive in the Swarm -> up joins it again"]);
  assert.deepEqual(found({ swarm: "" }), [
    "worker-1: its Docker engine doesn't answer -> on worker-1: sudo systemctl restart docker",
  ]);
});

test("reports a host with an expired certificate once, with the engine's message", () => {
  const at = { asked: 95 * DAY, clock: 95 * DAY, answered: 95 * DAY, certificate: certificate() };
  assert.deepEqual(found({ ...at, swarm: "error", swarmError: "certificate has expired" }), [
    "worker-1: its node is in state error in the Swarm (certificate has expired) -> up joins it again",
  ]);
});

test("finds each missing image, and none when the engine can't be asked", () => {
  assert.deepEqual(found({ missingImages: ["registry/issuer@sha256:1"] }), [
    "worker-1 lacks the image registry/issuer@sha256:1, which tasks there may need -> up pulls it again",
  ]);
  assert.deepEqual(found({ missingImages: null }), []);
});

test("finds a disk that is nearly full", () => {
  assert.deepEqual(found({ disks: [{ path: "/", percent: 84 }] }), []);
  assert.deepEqual(found({ disks: [{ path: "/", percent: 85 }] }), [
    "worker-1: the disk at / is 85 % full -> raise diskGib of its role, or find the cause on the host: sudo docker system df",
  ]);
});

test("finds a root disk that has grown, and its partition has not", () => {
  assert.deepEqual(found({ unusedBytes: 1024 ** 3 - 1 }), []);
  assert.deepEqual(found({ unusedBytes: 12.5 * 1024 ** 3 }), [
    "worker-1: 12 GiB of its root disk are in no partition -> on worker-1: sudo reboot; cloud-init then grows its partition and file system",
  ]);
});

test("finds a clock that differs by more than the answer's delay explains", () => {
  assert.deepEqual(found({ clock: 1_006 }), []);
  assert.deepEqual(found({ clock: 1_301 }), [
    "worker-1: its clock is 300 s ahead of this machine's -> on the host: timedatectl shows whether it is synchronised; check this machine's clock too",
  ]);
  assert.deepEqual(found({ clock: 700 }), [
    "worker-1: its clock is 300 s behind this machine's -> on the host: timedatectl shows whether it is synchronised; check this machine's clock too",
  ]);
});

test("finds a certificate that should have been renewed", () => {
  const pem = certificate();
  const at = (days: number) => ({ asked: days * DAY, clock: days * DAY, answered: days * DAY, certificate: pem });
  assert.deepEqual(found(at(60)), []);
  assert.deepEqual(found(at(80)), [
    "worker-1: its certificate in the Swarm ends on 1970-04-01 and was not renewed -> set swarm.rotation to another number; up then gives each node a new one",
  ]);
  assert.deepEqual(found(at(95)), [
    "worker-1: its certificate in the Swarm ended on 1970-04-01 and was not renewed -> on the host: sudo systemctl restart docker; then up joins it again with a new one",
  ]);
});
