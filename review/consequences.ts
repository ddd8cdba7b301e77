import { SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Rescheduled } from "./host-stops.ts";
import { code } from "./markdown.ts";
import type { Change, Resource, StackPlan } from "./plan.ts";
import type { ServiceChange } from "./services.ts";

/**
 * Seconds from a stop of the broker until it serves again, an estimate for a t3.medium: a clean
 * stop, Java's start with ZooKeeper's registration, and the answers of its health check. What the
 * Compose file allows at most stands beside it.
 */
const KAFKA_RESTART_SECONDS = 30;

/** Effects on users while a service has no task, by service. */
const meanwhile: Readonly<Record<string, string>> = {
  [SERVICES.broker]: `producers get 503 with Retry-After for about ${KAFKA_RESTART_SECONDS} s; what was accepted is kept on the volume`,
  [SERVICES.zookeeper]:
    "the broker goes on with what it knows; no topic can be declared, and a broker that restarts waits",
  [SERVICES.api]: "callers get 503 from the load balancer",
  [SERVICES.issuer]: "nothing is issued; accepted requests wait in the topic",
  [SERVICES.topics]: "the job runs once more; topics that are there stay as they are",
  [SERVICES.migration]:
    "the job runs once more, before the services change: schema, roles and stock become what is declared while they go on",
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
      return `it is gone: ${without}`;
    case "scales":
      return replicas.after < replicas.before
        ? "the tasks too many end; the others go on"
        : "tasks are added; the others go on";
    case "restarts":
      break;
  }
  if (order === "start-first") return "nothing is interrupted: each new task is healthy before an old one stops";
  if (replicas.after > 1)
    return `one copy at a time stops, and ${replicas.after - 1} of ${replicas.after} serve meanwhile`;
  const bounds =
    startPeriod === undefined
      ? `at most ${stopGrace} to stop`
      : `at most ${stopGrace} to stop and ${startPeriod} to become healthy`;
  return `stops first: ${without} (${bounds})`;
}

/** Describes the effect on a service whose hosts stop. */
export function moveOf({ service, to, copies, room }: Rescheduled): string {
  const without = meanwhile[service] ?? "what it serves is unavailable";
  if (room === 0) return `no other host may run it, so it waits for its own: ${without}`;
  const hosts = to.map(code).join(", ");
  if (room < copies) return `${room} of ${copies} copies have room on ${hosts}; the others wait for their hosts`;
  // Swarm never moves what runs.
  const soon = "as soon as Swarm misses the host";
  return copies === 1
    ? `is started anew on one of ${hosts} ${soon}, and stays there; until then ${without}`
    : `copies from there are started anew on ${hosts} ${soon}, and stay there`;
}

/** A resource that holds what can't be made again from the sources. */
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

/** The role of a host, by its tag. */
const roleOf = ({ inputs }: Pick<Resource, "inputs">) =>
  (inputs["tags"] as Record<string, unknown> | undefined)?.["Role"];

/**
 * The managers that are there before and stay: what is new in the same update knows nothing of the
 * Swarm.
 */
export function stayingManagers({ before, changes }: Pick<StackPlan, "before" | "changes">): string[] {
  const going = changes.filter(({ operation }) => operation === "replace" || operation === "delete");
  const gone = new Set(going.map(({ resource }) => resource.urn));
  return before
    .filter((one) => one.type === INSTANCE && roleOf(one) === "manager" && !gone.has(one.urn))
    .map(({ name }) => name);
}

/**
 * The stateful resource that a change is about, if it is about one.
 *
 * @param managers those that stay.
 */
export function statefulOf({ resource, before, after }: Change, managers: readonly string[]): Stateful | undefined {
  if (resource.type === "aws:rds/instance:Instance") {
    return {
      what: "the database",
      loss: "its data is gone, but for the last snapshot where one is configured",
      interruption: (property) =>
        /^(instanceClass|engineVersion|parameterGroupName|multiAz)\b/.test(property)
          ? "the database restarts: for some minutes the API can't tell a request's status and the issuer waits (mode direct: 503)"
          : undefined,
    };
  }
  if (resource.type !== INSTANCE) return undefined;
  const others = managers.filter((name) => name !== resource.name);
  switch (roleOf({ inputs: (before ?? after)?.inputs ?? {} })) {
    case "kafka":
      return {
        what: "the Kafka host with its volumes kafka and zookeeper",
        loss: "the volumes go with the host: all records, what still waits in the topic too, and the consumer's offsets. Producers get 503 until the new host serves, for minutes",
        interruption: stopsInstance(`producers get 503 for one to three minutes, and the volumes stay`),
      };
    case "manager":
      return {
        what: resource.name === "manager" ? "the manager" : "a manager beside the first",
        loss:
          others.length > 0
            ? `the Swarm stays, on ${others.join(" and ")}; the services go on`
            : "the Swarm goes with it: every host joins a new one, and all services start anew",
        interruption: stopsInstance(
          resource.name === "manager"
            ? "nothing can be deployed meanwhile; the services go on"
            : "the other managers go on, and so do the services",
        ),
      };
    default:
      return undefined;
  }
}
