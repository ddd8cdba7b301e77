import assert from "node:assert/strict";
import { test } from "node:test";
import forge from "node-forge";
import type { HostSight } from "../sight.ts";
import { wellHost } from "../testing.ts";
import { checkHosts } from "./hosts.ts";

const found = (change: Partial<HostSight>) =>
  checkHosts({ hosts: { "worker-1": { ...wellHost(), ...change } } }, "up").map(({ what }) => what);

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

test("a host that doesn't answer, or left the Swarm, is told", () => {
  assert.deepEqual(
    checkHosts({ hosts: { "worker-1": undefined } }, "up").map(({ what }) => what),
    ["worker-1 doesn't answer over SSH"],
  );
  assert.deepEqual(found({ swarm: "inactive" }), ["worker-1: its engine is inactive in the Swarm"]);
});

test("a disk is told when it is nearly full", () => {
  assert.deepEqual(found({ disks: [{ path: "/", percent: 84 }] }), []);
  assert.deepEqual(found({ disks: [{ path: "/", percent: 85 }] }), ["worker-1: the disk at / is 85 % full"]);
});

test("a clock is wrong by what no delay of the answer explains", () => {
  assert.deepEqual(found({ clock: 1_006 }), []);
  assert.deepEqual(found({ clock: 1_301 }), ["worker-1: its clock is 300 s ahead of this machine's"]);
  assert.deepEqual(found({ clock: 700 }), ["worker-1: its clock is 300 s behind this machine's"]);
});

test("a certificate is told when it should have been renewed", () => {
  const pem = certificate();
  const at = (days: number) => ({ asked: days * DAY, clock: days * DAY, answered: days * DAY, certificate: pem });
  assert.deepEqual(found(at(60)), []);
  assert.deepEqual(found(at(80)), ["worker-1: its certificate in the Swarm ends on 1970-04-01 and was not renewed"]);
  assert.deepEqual(found(at(95)), ["worker-1: its certificate in the Swarm ended on 1970-04-01 and was not renewed"]);
});
