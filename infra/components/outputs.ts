import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { interpolate } from "@pulumi/pulumi";
import type { Settings } from "../config/config.ts";
import type { Database } from "./database.ts";
import type { HostFleet } from "./host-fleet.ts";
import type { LoadBalancer } from "./load-balancer.ts";

/** Components that the outputs describe. */
export interface OutputsArgs {
  settings: Settings;
  hosts: HostFleet;
  database: Database;
  loadBalancer: LoadBalancer;
}

/**
 * Returns the stack's outputs, which the README describes. It omits missing ones, because the
 * engine warns of an undefined output.
 */
export function stackOutputs({ settings, hosts, database, loadBalancer }: OutputsArgs): Record<string, unknown> {
  const { manager, otherManagers, queue } = hosts;
  return {
    apiUrl: loadBalancer.url,
    managerPublicIp: manager.host.publicIp,
    ...(otherManagers.length > 0 ? { otherManagerPublicIps: otherManagers.map(({ host }) => host.publicIp) } : {}),
    ...(queue.mode === "kafka"
      ? { kafkaBootstrapServers: interpolate`${queue.host.instance.privateIp}:${PORTS.brokerExternal}` }
      : {}),
    databaseEndpoint: database.endpoint,
    mode: settings.mode,
    loadGenerator: settings.loadGenerator,
    nodes: hosts.all.map(({ host }) => ({
      name: host.plan.name,
      role: host.plan.role,
      privateIp: host.instance.privateIp,
      labels: host.plan.labels,
      hostKey: host.hostKey,
    })),
  };
}
