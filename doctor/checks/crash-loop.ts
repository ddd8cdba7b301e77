import { HOST_LABEL, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { ADVICE, type Advice } from "../advice.ts";
import { kindOfTasks } from "../causes.ts";
import type { Finding } from "../finding.ts";
import type { Observation, ServiceObservation, SwarmObservation } from "../observation.ts";

/** Minimum number of ends in a loop. The cause of a single end may be gone. */
const FAILURES = 2;
/** Ends before this many seconds don't count. */
const WITHIN_S = 600;
/** A task that runs for this many seconds is not part of a loop. Kafka's starts are 20 s apart. */
const STABLE_S = 60;

type Task = SwarmObservation["tasks"][number];

/** A service whose tasks end again and again. */
interface CrashLoop {
  /** Number of ends that the Swarm still stores. It stores only the last few. */
  ends: number;
  /** Seconds since the start of the first of these tasks. */
  seconds: number;
  /** The ended task that was created last. */
  last: Task;
  /** Name of its host. */
  host: string;
}

/**
 * Checks whether a service's tasks end soon after each start. Reports their number, and the last
 * lines of the last task or, if it had no container, its error.
 *
 * @param isChanged true when the service differs from its stack file.
 */
export function checkCrashLoop(
  service: ServiceObservation,
  isChanged: boolean,
  observation: Pick<Observation, "swarm" | "hosts">,
  up: string,
): Finding | undefined {
  const loop = findLoop(service, observation.swarm);
  if (loop === undefined) return undefined;
  const { ends, seconds, last, host } = loop;
  const seen = observation.hosts[host];
  const end = seen?.ends.find(({ task }) => task === last.ID);
  const error = end?.outOfMemory === true ? "it took more memory than its limit" : last.Status.Err;
  const log = end === undefined || end.lastLines === "" ? "" : `; its last lines: ${end.lastLines}`;
  const next =
    service.Spec.Name === SWARM_SERVICES.broker && seen !== undefined && seen.brokerEnd !== ""
      ? ADVICE.zookeeperLost()
      : stepOf(service, { isChanged, outOfMemory: end?.outOfMemory === true, error, host, up });
  const hasOwnCause = next !== ADVICE.removeCause() && next !== ADVICE.zookeeperLost();
  return {
    kind: hasOwnCause ? undefined : kindOfTasks(service.Spec.Name),
    what: `service ${service.Spec.Name} crash-loops: ${ends} tasks ended within ${seconds.toFixed(0)} s, the last on ${host} (${error})${log}`,
    next,
  };
}

function findLoop(
  { ID, UpdatedAt }: ServiceObservation,
  { clock, tasks, nodes }: SwarmObservation,
): CrashLoop | undefined {
  const secondsSince = (time: string) => clock - Date.parse(time) / 1_000;
  const ended = bySlot(tasks.filter(({ ServiceID }) => ServiceID === ID)).flatMap((slot) => {
    const { State, Timestamp } = newest(slot).Status;
    if (State === "complete" || (State === "running" && secondsSince(Timestamp) > STABLE_S)) return [];
    // An update may have removed the cause of earlier ends.
    return slot.filter(
      ({ CreatedAt, Status }) =>
        ["failed", "rejected"].includes(Status.State) &&
        Date.parse(CreatedAt) >= Date.parse(UpdatedAt) &&
        secondsSince(Status.Timestamp) < WITHIN_S,
    );
  });
  ended.sort((one, other) => Date.parse(one.CreatedAt) - Date.parse(other.CreatedAt));
  const [first, last] = [ended[0], ended.at(-1)];
  if (first === undefined || last === undefined || ended.length < FAILURES) return undefined;
  const node = nodes.find(({ ID }) => ID === last.NodeID);
  return {
    ends: ended.length,
    seconds: secondsSince(first.CreatedAt),
    last,
    host: node?.Spec.Labels[HOST_LABEL] ?? "an unknown host",
  };
}

/**
 * Returns the task that was created last. A running task of an old version doesn't show that a new
 * version works.
 */
function newest(tasks: readonly Task[]): Task {
  return tasks.reduce((one, other) => (Date.parse(other.CreatedAt) > Date.parse(one.CreatedAt) ? other : one));
}

function bySlot(tasks: readonly Task[]): Task[][] {
  return [...Map.groupBy(tasks, ({ Slot }) => Slot).values()];
}

interface Cause {
  isChanged: boolean;
  outOfMemory: boolean;
  error: string;
  host: string;
  up: string;
}

/** Returns the next step for the cause. The most likely cause is a change by hand. */
function stepOf({ Spec }: ServiceObservation, { isChanged, outOfMemory, error, host, up }: Cause): Advice {
  if (isChanged) return ADVICE.upRestores(up);
  if (outOfMemory) return ADVICE.raiseMemory(memorySetting(Spec.Name), up);
  if (/no such image/i.test(error)) return ADVICE.upPullsAgain(up);
  // The engine lost it outside of its network, and keeps it over a restart.
  if (/vxlan interface: file exists/.test(error)) return ADVICE.removeVxlans(host);
  return ADVICE.removeCause();
}

/** Returns the setting that determines a service's memory. */
function memorySetting(service: string): string {
  if (service === SWARM_SERVICES.api) return "api.memoryMib";
  if (service === SWARM_SERVICES.issuer) return "issuer.memoryMib";
  return "the instance type of its host";
}
