import assert from "node:assert/strict";
import { test } from "node:test";
import { refusingOnce, updatesOf } from "../testing.ts";

/** Engine of a manager, with four nodes. Each update is a line of the file `$UPDATES`. */
const DOCKER = `#!/usr/bin/env bash
case "$*" in
  "node ls"*) printf '%s\\n' n0 n1 n2 n3 ;;
  "node inspect"*) printf '%s\\n' "n0 drain manager" "n1 active worker-1" "n2 active worker-2" "n3 pause kafka" ;;
  "node update"*) printf '%s\\n' "$*" >>"$UPDATES" ;;
esac
`;

const apply = (docker: string) =>
  updatesOf("infra/scripts/manager/pause-undeclared-nodes.sh", { HOSTS: ["worker-1", "kafka"] }, docker);

test("the node of a host that is no longer declared is paused, and nothing else changes", async () => {
  assert.deepEqual(await apply(DOCKER), ["node update --availability pause n2"]);
});

test("a node that the Swarm changed at the same time is paused too", async () => {
  const changing = refusingOnce(DOCKER, "update out of sequence");
  assert.deepEqual(await apply(changing), ["node update --availability pause n2"]);
});
