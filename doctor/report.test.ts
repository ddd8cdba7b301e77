import assert from "node:assert/strict";
import { test } from "node:test";
import type { Advice } from "./advice.ts";
import type { Finding } from "./finding.ts";
import { exitCodeOf, linesOf } from "./report.ts";

const next = "look" as Advice;
const fault: Finding = { what: "a disk is full", next };
const note: Finding = { note: true, what: "3 letters wait", next };
const unknown: Finding = { unknown: true, what: "ssh fails", next };

test("a fault is worth exit code 1, a check without a result 2, and a note 0", () => {
  assert.deepEqual(
    [[], [note], [unknown], [note, unknown], [unknown, fault], [note, fault]].map((findings) => exitCodeOf(findings)),
    [0, 0, 2, 2, 1, 1],
  );
});

test("a section with notes only has passed, and shows them", () => {
  assert.deepEqual(linesOf([{ passed: "disks: free", findings: [] }]), ["ok       disks: free"]);
  assert.deepEqual(linesOf([{ passed: "disks: free", findings: [note] }]), [
    "ok       disks: free",
    "-        3 letters wait; next: look",
  ]);
});

test("a section with a fault shows its findings only", () => {
  assert.deepEqual(linesOf([{ passed: "disks: free", findings: [fault, note, unknown] }]), [
    "fault    a disk is full; next: look",
    "-        3 letters wait; next: look",
    "unknown  ssh fails; next: look",
  ]);
});

test("a fault that explains others comes first, and what follows from it has no step", () => {
  const topic: Finding = { kind: "topic", what: "the topic is missing", next: "create it" as Advice };
  const task: Finding = { kind: "event's tasks", what: "the API is not ready", next };
  const sections = [
    { passed: "disks: free", findings: [] },
    { passed: "services: run", findings: [task, fault] },
    { passed: "event: works", findings: [topic, task, note] },
    { passed: "load balancer: answers", findings: [task] },
  ];
  assert.deepEqual(linesOf(sections), [
    "fault    the topic is missing; next: create it",
    "follows  the API is not ready",
    "follows  the API is not ready",
    "follows  the API is not ready",
    "ok       disks: free",
    "fault    a disk is full; next: look",
    "-        event: see above",
    "-        3 letters wait; next: look",
    "-        load balancer: see above",
  ]);
});
