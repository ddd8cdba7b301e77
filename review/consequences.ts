import { SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Rescheduled } from "./host-stops.ts";
import { code } from "./markdown.ts";
import type { Change, Resource, StackPlan } from "./plan.ts";
import type { ServiceChange } from "./services.ts";

/**
 * Seconds from a stop of the broker until it serves again, estimated for a t3.medium: a clean stop,
 * Java's start with ZooKeeper's registration, and the answers of its health check. The report also
 * shows the limit in the Compose file.
 */
const KAFKA_RESTART_SECONDS = 30;

/** Effects on users while a service has no task, by service. */
const meanwhile: Readonly<Record<string, string>> = {
  [SERVICES.broker]: `producers get 503 with Retry-After for about ${KAFKA_RESTART_SECONDS} s; accepted requests stay on the volume`,
  [SERVICES.zookeeper]: "the broker keeps serving; no topic can be declared, and a broker that restarts waits",
  [SERVICES.api]: "callers get 503 from the load balancer",
  [SERVICES.issuer]: "nothing is issued; accepted requests wait in the topic",
  [SERVICES.topics]: "the job runs once more; existing topics stay as they are",
  [SERVICES.migration]:
    "the job runs once more, before the services change: it applies the declared schema, roles and stock while they keep running",
};

/** Describes the effect of a service's update on its users. */
export function consequenceOf({ service, effect, order, replicas, stopGrace, startPeriod }: ServiceChange): string {
  const without = meanwhile[service] ?? "what it serves is unavailable";
  switch (effect) {
    case "settles":
      return "nothing is interrupted";
    case "starts":
      return "it is new";
    case "ends":
      return `it is removed: ${without}`;
    case "scales":
      return replicas.after < replicas.before
        ? "surplus tasks end; the others keep running"
        : "tasks are added; the others keep running";
    case "restarts":
      break;
  }
  if (order === "start-first") return "nothing is interrupted: each new task is healthy before an old one stops";
  if (replicas.after > 1)
    return `one replica at a time stops, and ${replicas.after - 1} of ${replicas.after} keep serving`;
  const bounds =
    startPeriod === undefined
      ? `at most ${stopGrace} to stop`
      : `at most ${stopGrace} to stop and ${startPeriod} to become healthy`;
  return `stops first: ${without} (${bounds})`;
}

/** Describes the effect on a service whose hosts stop. */
export function moveOf({ service, to, copies, room }: Rescheduled): string {
  const without = meanwhile[service] ?? "what it serves is unavailable";
  if (room === 0) return `no other host may run it, so it waits for its host: ${without}`;
  const hosts = to.map(code).join(", ");
  if (room < copies) return `${room} of ${copies} replicas have room on ${hosts}; the others wait for their hosts`;
  // Swarm never moves a running task back.
  const soon = "as soon as Swarm notices that the host is down";
  return copies === 1
    ? `starts again on one of ${hosts} ${soon}, and stays there; until then ${without}`
    : `its replicas start again on ${hosts} ${soon}, and stay there`;
}

/** A resource with data that can't be created again from the sources. */
export interface Stateful {
  /** Name for users, such as "the database". */
  what: string;
  /** Effect of its deletion. */
  loss: string;
  /** Effect of an update that stops it, by property. Undefined when it keeps running. */
  interruption: (property: string) => string | undefined;
}

const INSTANCE = "aws:ec2/instance:Instance";

/** Describes the effect of changed instance types, for which EC2 stops the instances. */
const stopsInstance = (what: string) => (property: string) =>
  /^(instanceType|userData)\b/.test(property) ? `the host stops and starts: ${what}` : undefined;

/** Returns the role of a host, from its tag. */
const roleOf = ({ inputs }: Pick<Resource, "inputs">) =>
  (inputs["tags"] as Record<string, unknown> | undefined)?.["Role"];

/**
 * Returns the managers that exist before the change and stay. A new manager doesn't know the Swarm
 * yet.
 */
export function stayingManagers({ before, changes }: Pick<StackPlan, "before" | "changes">): string[] {
  const going = changes.filter(({ operation }) => operation === "replace" || operation === "delete");
  const gone = new Set(going.map(({ resource }) => resource.urn));
  return before
    .filter((one) => one.type === INSTANCE && roleOf(one) === "manager" && !gone.has(one.urn))
    .map(({ name }) => name);
}

/**
 * Describes the stateful resource of a change, or returns undefined for another resource.
 *
 * @param managers The managers that stay.
 */
export function statefulOf({ resource, before, after }: Change, managers: readonly string[]): Stateful | undefined {
  if (resource.type === "aws:rds/instance:Instance") {
    return {
      what: "the database",
      loss: "its data is lost, except for the last snapshot if one is configured",
      interruption: (property) =>
        /^(instanceClass|engineVersion|parameterGroupName|multiAz)\b/.test(property)
          ? "the database restarts: for some minutes the API can't return a request's status and the issuer waits (mode direct: 503)"
          : undefined,
    };
  }
  if (resource.type !== INSTANCE) return undefined;
  const others = managers.filter((name) => name !== resource.name);
  switch (roleOf({ inputs: (before ?? after)?.inputs ?? {} })) {
    case "kafka":
      return {
        what: "the Kafka host with its volumes kafka and zookeeper",
        loss: "the volumes are lost with the host: all records, including unprocessed ones, and the consumer's offsets. Producers get 503 for minutes, until the new host serves",
        interruption: stopsInstance(`producers get 503 for one to three minutes, and the volumes stay`),
      };
    case "manager":
      return {
        what: resource.name === "manager" ? "the manager" : "another manager",
        loss:
          others.length > 0
            ? `the Swarm stays, on ${others.join(" and ")}; the services keep running`
            : "the Swarm is lost: every host joins a new one, and all services start again",
        interruption: stopsInstance(
          resource.name === "manager"
            ? "nothing can be deployed until it is back; the services keep running"
            : "the other managers and the services keep running",
        ),
      };
    default:
      return undefined;
  }
}
