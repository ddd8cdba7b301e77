import { isDeepStrictEqual } from "node:util";
import { composesOf, renderedOf } from "../policy/rendered.ts";
import type { Compose, ComposeService } from "../stacks/compose.ts";
import { compare, type Resource } from "./plan.ts";

/** Effect of an update on a service. */
export interface ServiceChange {
  stack: string;
  service: string;
  /**
   * restarts: its tasks end and others start. scales: tasks are added or ended. settles: Swarm only
   * stores the change, and tasks keep running.
   */
  effect: "starts" | "ends" | "restarts" | "scales" | "settles";
  order: "start-first" | "stop-first";
  /** Replicas before and after. */
  replicas: { before: number; after: number };
  /** Changed properties, such as "image" or "deploy.resources". */
  fields: string[];
  /** Time limits of a restart, from the Compose file. */
  stopGrace: string;
  startPeriod: string | undefined;
}

/** Effect of an update on volumes with data. */
export interface VolumeChange {
  stack: string;
  volume: string;
  change: "added" | "no longer used";
}

/** Members of `deploy` that aren't part of a task. A change of them ends no task. */
const outsideTasks = ["replicas", "update_config", "rollback_config", "mode", "endpoint_mode", "placement"];

/**
 * Returns the changes of services. Stacks are in the order of their deployment. The services of a
 * stack are sorted by name, because `docker stack deploy` updates them side by side.
 */
export function serviceChanges(before: readonly Resource[], after: readonly Resource[]): ServiceChange[] {
  const [olds, news] = [composesOf(renderedOf(before)), composesOf(renderedOf(after))];
  return [...new Set([...deployOrder(after), ...deployOrder(before)])].flatMap((stack) => {
    const [old, current] = [olds[stack], news[stack]];
    const names = [...new Set([...Object.keys(old?.services ?? {}), ...Object.keys(current?.services ?? {})])].sort(
      compare,
    );
    return names.flatMap((service) => serviceChange(stack, service, old, current));
  });
}

/** Returns the volumes that a stack gets or no longer uses. */
export function volumeChanges(before: readonly Resource[], after: readonly Resource[]): VolumeChange[] {
  const [olds, news] = [composesOf(renderedOf(before)), composesOf(renderedOf(after))];
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort(compare).flatMap((stack) => {
    const [old, current] = [olds[stack], news[stack]].map((one) => Object.keys(one?.volumes ?? {}));
    const only = (from: string[] = [], not: string[] = [], change: VolumeChange["change"]) =>
      from.filter((volume) => !not.includes(volume)).map((volume) => ({ stack, volume, change }));
    return [...only(old, current, "no longer used"), ...only(current, old, "added")];
  });
}

function serviceChange(stack: string, service: string, olds?: Compose, news?: Compose): ServiceChange[] {
  const [old, current] = [olds && resolved(olds, service), news && resolved(news, service)];
  const known = current ?? old;
  if (known === undefined) return [];
  const fields = old && current ? differing(old, current) : [];
  if (old && current && fields.length === 0) return [];
  const replicas = { before: old?.deploy.replicas ?? 0, after: current?.deploy.replicas ?? 0 };
  return [
    {
      stack,
      service,
      effect: effectOf(old, current, fields),
      order: (current ?? known).deploy.update_config?.order ?? "stop-first",
      replicas,
      fields,
      stopGrace: known.stop_grace_period,
      startPeriod: known.healthcheck?.start_period,
    },
  ];
}

function effectOf(
  old: ComposeService | undefined,
  current: ComposeService | undefined,
  fields: string[],
): ServiceChange["effect"] {
  if (old === undefined) return "starts";
  if (current === undefined) return "ends";
  const settled = new Set(outsideTasks.map((name) => `deploy.${name}`));
  if (fields.some((field) => !settled.has(field))) return "restarts";
  return fields.includes("deploy.replicas") ? "scales" : "settles";
}

/**
 * Returns a service with the full names of its configs and secrets, which change with their
 * content.
 */
function resolved(compose: Compose, name: string): ComposeService | undefined {
  const service = compose.services[name];
  if (service === undefined) return undefined;
  const named = <T extends { source: string }>(
    items: T[] | undefined,
    all: Record<string, { name: string }> | undefined,
  ) => items?.map((item) => ({ ...item, source: all?.[item.source]?.name ?? item.source }));
  const [configs, secrets] = [named(service.configs, compose.configs), named(service.secrets, compose.secrets)];
  return { ...service, ...(configs ? { configs } : {}), ...(secrets ? { secrets } : {}) };
}

function differing(old: ComposeService, current: ComposeService): string[] {
  const flat = ({ deploy, ...rest }: ComposeService): Record<string, unknown> => ({
    ...rest,
    ...Object.fromEntries(Object.entries(deploy).map(([key, value]) => [`deploy.${key}`, value as unknown])),
  });
  const [left, right] = [flat(old), flat(current)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !isDeepStrictEqual(left[key], right[key]))
    .sort(compare);
}

/** Returns the names of the stacks, each after those that its deployment waits for. */
function deployOrder(resources: readonly Resource[]): string[] {
  const deployments = new Map<string, Resource>();
  for (const resource of resources) {
    const [stack] = Object.keys(renderedOf([resource]).composes);
    if (stack !== undefined) deployments.set(stack, resource);
  }
  const order: string[] = [];
  const visit = (stack: string): void => {
    if (order.includes(stack)) return;
    const waitsFor = new Set(deployments.get(stack)?.dependencies);
    for (const [other, { urn }] of deployments) if (other !== stack && waitsFor.has(urn)) visit(other);
    order.push(stack);
  };
  for (const stack of [...deployments.keys()].sort(compare)) visit(stack);
  return order;
}
