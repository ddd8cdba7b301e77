import assert from "node:assert/strict";
import { test } from "node:test";
import forge from "node-forge";
import type { HostSight } from "../sight.ts";
import { steps, told, wellHost } from "../testing.ts";
import { checkHosts } from "./hosts.ts";

const found = (change: Partial<HostSight>) =>
  told(checkHosts({ hosts: { "worker-1": { ...wellHost(), ...change } }, unasked: {} }, steps));
/** What is found of a host that could not be asked. */
const unasked = (words: string, greets: boolean) =>
  told(checkHosts({ hosts: { "worker-1": undefined }, unasked: { "worker-1": { words, greets } } }, steps));

const DAY = 86_400;

/** A certificate of 90 days from 1970 on. */
function certificate(): string {
  const pair = forge.pki.rsa.generateKeyPair(1024);
  const made = forge.pki.createCertificate();
  made.publicKey = pair.publicKey;
  made.validity.notBefore = new Date(0);
  made.validity.notAfter = new Date(90 * DAY * 1_000);
  made.sign(pair.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}

test("a host with room, the right time and its node active is well", () => {
  assert.deepEqual(found({}), []);
});

test("a host that answers nobody is off or gone", () => {
  assert.deepEqual(unasked("ssh: connect to host 10.0.0.5 port 22: Connection timed out", false), [
    "worker-1 answers neither this machine nor the manager over SSH: " +
      "ssh: connect to host 10.0.0.5 port 22: Connection timed out -> bring worker-1 back",
  ]);
});

for (const [words, next] of [
  ["admin@10.0.0.5: Permission denied (publickey).", "give the file of a key that it knows: --identity FILE"],
  ["spawn ssh ENOENT", "install OpenSSH's client on this machine (openssh-client)"],
  ['unix_listener: path "/tmp/x" too long for Unix domain socket', "see to ssh on this machine, by its own words"],
  ["Bad configuration option: foo", "see to ssh on this machine, by its own words"],
  ["Host key verification failed.", "see to ssh on this machine, by its own words"],
] as const) {
  test(`a host that greets is no lost one, whatever ssh on this machine says: ${words}`, () => {
    const [finding = "", ...more] = unasked(words, true);
    assert.deepEqual(more, []);
    assert.ok(
      finding.startsWith(`unseen: worker-1 is up, but this machine can't ask it: ${words} -> ${next}`),
      finding,
    );
  });
}

test("a host that left the Swarm is joined again by an up, one whose engine stopped needs its engine", () => {
  assert.deepEqual(found({ swarm: "inactive" }), [
    "worker-1: its engine is inactive in the Swarm -> up joins it again",
  ]);
  assert.deepEqual(found({ swarm: "" }), [
    "worker-1: its Docker engine doesn't answer -> on worker-1: sudo systemctl restart docker",
  ]);
});

test("a host whose certificate has expired is told once, with the engine's words", () => {
  const at = { asked: 95 * DAY, clock: 95 * DAY, answered: 95 * DAY, certificate: certificate() };
  assert.deepEqual(found({ ...at, swarm: "error", swarmError: "certificate has expired" }), [
    "worker-1: its engine is error in the Swarm (certificate has expired) -> up joins it again",
  ]);
});

test("each image that a host has lost is told; what an engine doesn't tell is not", () => {
  assert.deepEqual(found({ missingImages: ["registry/issuer@sha256:1"] }), [
    "worker-1: the image registry/issuer@sha256:1 is gone, which a task there needs -> up pulls it again",
  ]);
  assert.deepEqual(found({ missingImages: null }), []);
});

test("a disk is told when it is nearly full", () => {
  assert.deepEqual(found({ disks: [{ path: "/", percent: 84 }] }), []);
  assert.deepEqual(found({ disks: [{ path: "/", percent: 85 }] }), [
    "worker-1: the disk at / is 85 % full -> raise diskGib of its role, or look on the host: sudo docker system df",
  ]);
});

test("a clock is wrong by what no delay of the answer explains", () => {
  assert.deepEqual(found({ clock: 1_006 }), []);
  assert.deepEqual(found({ clock: 1_301 }), [
    "worker-1: its clock is 300 s ahead of this machine's -> on the host: timedatectl tells whether it is synchronised; is this machine's clock right?",
  ]);
  assert.deepEqual(found({ clock: 700 }), [
    "worker-1: its clock is 300 s behind this machine's -> on the host: timedatectl tells whether it is synchronised; is this machine's clock right?",
  ]);
});

test("a certificate is told when it should have been renewed", () => {
  const pem = certificate();
  const at = (days: number) => ({ asked: days * DAY, clock: days * DAY, answered: days * DAY, certificate: pem });
  assert.deepEqual(found(at(60)), []);
  assert.deepEqual(found(at(80)), [
    "worker-1: its certificate in the Swarm ends on 1970-04-01 and was not renewed -> set swarm.rotation to another number; up then gives each node a new one",
  ]);
  assert.deepEqual(found(at(95)), [
    "worker-1: its certificate in the Swarm ended on 1970-04-01 and was not renewed -> on the host: sudo systemctl restart docker; then up joins it again, with a new one",
  ]);
});
