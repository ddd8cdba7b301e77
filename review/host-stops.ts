import { isDrained, labelsOf } from "../policy/hosts.ts";
import { composesOf, renderedOf } from "../policy/rendered.ts";
import type { ComposeService } from "../stacks/compose.ts";
import { compare, compareNames, type Change, type Resource, type StackPlan } from "./plan.ts";

const INSTANCE = "aws:ec2/instance:Instance";

/** A host that the change stops for a while, deletes, or deletes before it creates another. */
export interface HostStop {
  host: string;
  how: "stops and starts" | "is replaced" | "is deleted";
}

/** A service that may have tasks on such hosts. */
export interface Rescheduled {
  /** Name, such as "gifticon/main-api". */
  subject: string;
  service: string;
  /** The hosts that keep running and may run it. */
  to: string[];
  /** Number of replicas, and how many of them fit on those hosts. */
  copies: number;
  room: number;
}

/** Properties for whose change EC2 stops an instance. */
const stopping = /^(instanceType|userData)\b/;

/** Returns the hosts that a change stops, in the order of their names. */
export function hostStops({ changes }: Pick<StackPlan, "changes">): HostStop[] {
  return changes
    .filter(({ resource }) => resource.type === INSTANCE)
    .flatMap((change): HostStop[] => {
      const how = howOf(change);
      return how === undefined ? [] : [{ host: change.resource.name, how }];
    })
    .sort((a, b) => compareNames(a.host, b.host));
}

/**
 * Returns the hosts whose replacements join before they leave, so that their tasks move at once.
 */
export function hostsRelieved({ changes }: Pick<StackPlan, "changes">): string[] {
  return changes
    .filter(
      ({ resource, operation, deletedFirst }) => resource.type === INSTANCE && operation === "replace" && !deletedFirst,
    )
    .map(({ resource }) => resource.name)
    .sort(compareNames);
}

function howOf({ operation, properties, deletedFirst }: Change): HostStop["how"] | undefined {
  switch (operation) {
    case "create":
      return undefined;
    case "update":
      return properties.some(({ path }) => stopping.test(path)) ? "stops and starts" : undefined;
    case "replace":
      return deletedFirst ? "is replaced" : undefined;
    case "delete":
      return "is deleted";
  }
}

/**
 * Returns the services whose hosts stop. Swarm starts their tasks elsewhere, or they wait. Pulumi
 * changes hosts side by side, so a host that stops takes no task from another one.
 */
export function rescheduled(plan: Pick<StackPlan, "before" | "after" | "changes">): Rescheduled[] {
  const stopped = new Set(hostStops(plan).map(({ host }) => host));
  const [olds, news] = [composesOf(renderedOf(plan.before)), composesOf(renderedOf(plan.after))];
  return Object.entries(olds)
    .flatMap(([stack, { services }]) =>
      Object.entries(services).flatMap(([service, old]): Rescheduled[] => {
        const current = news[stack]?.services[service];
        // A job has ended, and the report shows removed services elsewhere.
        if (current === undefined || old.deploy.mode === "replicated-job") return [];
        if (!hostsOf(old, plan.before).some((host) => stopped.has(host))) return [];
        const to = hostsOf(current, plan.after).filter((host) => !stopped.has(host));
        const { replicas: copies, placement } = current.deploy;
        const room = Math.min(copies, to.length * (placement.max_replicas_per_node ?? copies));
        return [{ subject: `${stack}/${service}`, service, to, copies, room }];
      }),
    )
    .sort((a, b) => compare(a.subject, b.subject));
}

/** Returns the hosts that meet a service's constraints. */
function hostsOf({ deploy }: ComposeService, resources: readonly Resource[]): string[] {
  const [labels, drained] = [labelsOf(resources), isDrained(resources)];
  return resources
    .filter(({ type, name }) => type === INSTANCE && labels.has(name) && !drained(name))
    .filter((host) => deploy.placement.constraints.every((one) => fits(one, host, labels.get(host.name) ?? [])))
    .map(({ name }) => name)
    .sort(compareNames);
}

/**
 * Returns true if a host meets a constraint such as "node.role == worker", or one of another kind.
 */
function fits(constraint: string, { inputs }: Resource, labels: readonly string[]): boolean {
  const [, key = "", operator, value = ""] = /^(\S+?)\s*(==|!=)\s*(.*)$/.exec(constraint) ?? [];
  const role = (inputs["tags"] as Record<string, unknown> | undefined)?.["Role"] === "manager" ? "manager" : "worker";
  if (key === "node.role") return (role === value) === (operator === "==");
  if (!key.startsWith("node.labels.")) return true;
  return labels.includes(`${key.slice("node.labels.".length)}=${value}`) === (operator === "==");
}
