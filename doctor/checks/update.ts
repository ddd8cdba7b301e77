import { HOST_LABEL } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import type { Observation, ServiceObservation } from "../observation.ts";

/** Time for which an update that was rolled back is noted, in seconds: a day. */
const NOTED_FOR_S = 24 * 60 * 60;

/**
 * Finds an update of a service that stopped, and notes one that was rolled back within a day. After
 * a rollback the previous version serves, so nothing else shows that the update failed.
 *
 * @param up the command that updates the environment.
 */
export function checkUpdate(
  service: ServiceObservation,
  observation: Pick<Observation, "swarm" | "hosts">,
  up: string,
): Finding[] {
  const { Spec, UpdateStatus } = service;
  const { State = "", CompletedAt, Message = "" } = UpdateStatus ?? {};
  const next = ADVICE.readTasksThenUp(Spec.Name, up);
  if (State.includes("paused")) {
    const message = Message === "" ? "" : `: ${Message}`;
    return [{ what: `the last update of service ${Spec.Name} is ${State}${message}`, next }];
  }
  if (State !== "rollback_completed" || CompletedAt === undefined) return [];
  const ended = Date.parse(CompletedAt);
  if (ended / 1_000 < observation.swarm.clock - NOTED_FOR_S) return [];
  const cause = causeOf(service, ended, observation);
  const when = new Date(ended).toISOString();
  return [{ note: true, what: `the last update of service ${Spec.Name} was rolled back at ${when}${cause}`, next }];
}

/** Describes the end of the task that failed last before the rollback ended. */
function causeOf({ ID }: ServiceObservation, ended: number, { swarm, hosts }: Pick<Observation, "swarm" | "hosts">) {
  const failed = swarm.tasks
    .filter(
      ({ ServiceID, CreatedAt, Status }) =>
        ServiceID === ID && ["failed", "rejected"].includes(Status.State) && Date.parse(CreatedAt) < ended,
    )
    .sort((one, other) => Date.parse(one.CreatedAt) - Date.parse(other.CreatedAt))
    .at(-1);
  if (failed === undefined) return "";
  const host = swarm.nodes.find((node) => node.ID === failed.NodeID)?.Spec.Labels[HOST_LABEL] ?? "an unknown host";
  const end = hosts[host]?.ends.find(({ task }) => task === failed.ID);
  const check = end === undefined || end.lastCheck === "" ? "" : `; its last health check: ${end.lastCheck}`;
  const log = end === undefined || end.lastLines === "" ? "" : `; its last lines: ${end.lastLines}`;
  return `, because its task on ${host} failed (${failed.Status.Err})${check}${log}`;
}
