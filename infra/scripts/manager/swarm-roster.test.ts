import assert from "node:assert/strict";
import { test } from "node:test";
import { refusingOnce, updatesOf } from "../testing.ts";

/** Answers as a manager's engine with four nodes would, and writes down how they are updated. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  "node ls"*) printf '%s\\n' n0 n1 n2 n3 ;;
  "node inspect"*) printf '%s\\n' "n0 drain manager" "n1 active worker-1" "n2 active worker-2" "n3 pause kafka" ;;
  "node update"*) printf '%s\\n' "$*" >>"$UPDATES" ;;
esac
`;

const apply = (docker: string) =>
  updatesOf("infra/scripts/manager/swarm-roster.sh", { HOSTS: ["worker-1", "kafka"] }, docker);

test("a host that is no longer declared gets no new tasks, and nothing else changes", async () => {
  assert.deepEqual(await apply(DOCKER), ["node update --availability pause n2"]);
});

test("a node that the Swarm has changed meanwhile is paused all the same", async () => {
  const changing = refusingOnce(DOCKER, "update out of sequence");
  assert.deepEqual(await apply(changing), ["node update --availability pause n2"]);
});
