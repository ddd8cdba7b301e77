import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceObservation } from "../observation.ts";
import { format, healthyHost, healthySwarm } from "../testing.ts";
import { checkUpdate } from "./update.ts";

const ROLLED_BACK = Date.parse("2026-12-25T09:00:00Z") / 1_000;
const NEXT = "on the manager: sudo docker service ps --no-trunc gifticon_main-api shows the cause; then up";

/** Returns the findings about the API's last update, this many seconds after its end. */
function found(UpdateStatus: ServiceObservation["UpdateStatus"], seconds = 60): string[] {
  const swarm = healthySwarm();
  const service = swarm.services.find(({ Spec }) => Spec.Name === "gifticon_main-api");
  assert.ok(service);
  const task = (ID: string, second: number, State: string, Err = "") => ({
    ...{ ID, ServiceID: service.ID, Slot: 1, NodeID: "n2", DesiredState: "shutdown" },
    CreatedAt: new Date((ROLLED_BACK - 60 + second) * 1_000).toISOString(),
    Status: { State, Timestamp: new Date(ROLLED_BACK * 1_000).toISOString(), Err },
  });
  const tasks = [
    task("first", 1, "failed", "an earlier error"),
    task("last", 2, "failed", "unhealthy container"),
    task("back", 3, "running"),
  ];
  const end = { exitCode: 1, outOfMemory: false };
  const ends = [{ ...end, task: "last", lastLines: "no broker", lastCheck: "starting: broker: refused" }];
  return format(
    checkUpdate(
      { ...service, UpdateStatus },
      { swarm: { ...swarm, tasks, clock: ROLLED_BACK + seconds }, hosts: { "worker-1": { ...healthyHost(), ends } } },
      "up",
    ),
  );
}

const completed = {
  ...{ State: "rollback_completed", Message: "rollback completed" },
  CompletedAt: new Date(ROLLED_BACK * 1_000).toISOString(),
};

test("an update that was rolled back is noted for a day, with the end of its last failed task", () => {
  const words = "the last update of service gifticon_main-api was rolled back at 2026-12-25T09:00:00.000Z";
  const cause = "because its task on worker-1 failed (unhealthy container)";
  assert.deepEqual(found(completed), [
    `note: ${words}, ${cause}; its last health check: starting: broker: refused; its last lines: no broker -> ${NEXT}`,
  ]);
  assert.deepEqual(found(completed, 24 * 3_600 + 1), []);
});

test("an update that stopped is a fault, with the Swarm's message", () => {
  assert.deepEqual(found({ State: "paused", Message: "update paused due to failure of task last" }), [
    `the last update of service gifticon_main-api is paused: update paused due to failure of task last -> ${NEXT}`,
  ]);
});

test("an update that completed is no fault", () => {
  assert.deepEqual(found({ State: "completed", Message: "update completed" }), []);
  assert.deepEqual(found(undefined), []);
});
