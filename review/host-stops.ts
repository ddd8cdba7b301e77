import { isDrained, labelsOf } from "../policy/hosts.ts";
import { composesOf, renderedOf } from "../policy/rendered.ts";
import type { ComposeService } from "../stacks/compose.ts";
import { compare, compareNames, type Change, type Resource, type StackPlan } from "./plan.ts";

const INSTANCE = "aws:ec2/instance:Instance";

/** A host that the change stops for a while, or takes away. */
export interface HostStop {
  host: string;
  how: "stops and starts" | "is replaced" | "is deleted";
}

/** A service with tasks that may be on such hosts. */
export interface Rescheduled {
  /** As "gifticon/main-api". */
  subject: string;
  service: string;
  /** The hosts that go on and may run it. */
  to: string[];
  /** Its copies, and how many of them those hosts have a place for. */
  copies: number;
  room: number;
}

/** EC2 stops an instance for a change of these. */
const stopping = /^(instanceType|userData)\b/;

/** The hosts that a change stops, in the order of their names. */
export function hostStops({ changes }: Pick<StackPlan, "changes">): HostStop[] {
  return changes
    .filter(({ resource }) => resource.type === INSTANCE)
    .flatMap((change): HostStop[] => {
      const how = howOf(change);
      return how === undefined ? [] : [{ host: change.resource.name, how }];
    })
    .sort((a, b) => compareNames(a.host, b.host));
}

function howOf({ operation, properties }: Change): HostStop["how"] | undefined {
  switch (operation) {
    case "create":
      return undefined;
    case "update":
      return properties.some(({ path }) => stopping.test(path)) ? "stops and starts" : undefined;
    case "replace":
      return "is replaced";
    case "delete":
      return "is deleted";
  }
}

/**
 * The services that Swarm starts elsewhere, or that wait, because hosts stop. Pulumi changes hosts
 * side by side, so those that stop take no task from each other.
 */
export function rescheduled(plan: Pick<StackPlan, "before" | "after" | "changes">): Rescheduled[] {
  const stopped = new Set(hostStops(plan).map(({ host }) => host));
  const [olds, news] = [composesOf(renderedOf(plan.before)), composesOf(renderedOf(plan.after))];
  return Object.entries(olds)
    .flatMap(([stack, { services }]) =>
      Object.entries(services).flatMap(([service, old]): Rescheduled[] => {
        const current = news[stack]?.services[service];
        // A job is over; a service that ends or is not the change's to move is told elsewhere.
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

/** The hosts that a service's constraints let it run on. */
function hostsOf({ deploy }: ComposeService, resources: readonly Resource[]): string[] {
  const [labels, drained] = [labelsOf(resources), isDrained(resources)];
  return resources
    .filter(({ type, name }) => type === INSTANCE && labels.has(name) && !drained(name))
    .filter((host) => deploy.placement.constraints.every((one) => fits(one, host, labels.get(host.name) ?? [])))
    .map(({ name }) => name)
    .sort(compareNames);
}

/** Does a host meet a constraint, as "node.role == worker"? One of another kind excludes nobody. */
function fits(constraint: string, { inputs }: Resource, labels: readonly string[]): boolean {
  const [, key = "", operator, value = ""] = /^(\S+?)\s*(==|!=)\s*(.*)$/.exec(constraint) ?? [];
  const role = (inputs["tags"] as Record<string, unknown> | undefined)?.["Role"] === "manager" ? "manager" : "worker";
  if (key === "node.role") return (role === value) === (operator === "==");
  if (!key.startsWith("node.labels.")) return true;
  return labels.includes(`${key.slice("node.labels.".length)}=${value}`) === (operator === "==");
}
