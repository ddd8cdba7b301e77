import { HOSTS } from "@gifticon/contract/facts/names.ts";
import type { Settings } from "../config/config.ts";
import type { InstanceType } from "../config/instance-types.ts";

/** Role of a host. Managers run the Swarm's control plane and no task. */
export type HostRole = "manager" | "worker" | "kafka" | "load-generator";

/** A declared host. */
export interface HostPlan {
  /** Name in the stack, from role and number. Adding or removing a host never renames another. */
  name: string;
  role: HostRole;
  instanceType: InstanceType;
  /**
   * Reaction to another instance type. `replace` creates a new host before the old one leaves
   * the Swarm, so no capacity is lost. `restart` keeps the host and its disk, but EC2 stops it.
   */
  onNewType: "replace" | "restart";
  diskGib: number;
  /** Labels of its Swarm node. */
  labels: Record<string, string>;
  /** A new number replaces the host. Only workers have one. */
  generation?: number;
  /**
   * Number of its zone, 0 or 1. Hosts alternate, so the failure of a zone leaves half of the
   * workers.
   */
  zone: number;
}

/** The declared hosts. Kafka's and the load generator's exist only in their variants. */
export interface Fleet {
  /** The first manager. The other hosts are reached through it. */
  manager: HostPlan;
  /** Managers beside the first. */
  otherManagers: HostPlan[];
  workers: HostPlan[];
  kafka: HostPlan;
  loadGenerator: HostPlan;
}

/** Returns a host's labels as "key=value". */
export function labelList({ labels }: HostPlan): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** Returns the hosts that the settings ask for. */
export function planFleet({ hosts, managers, workers }: Pick<Settings, "hosts" | "managers" | "workers">): Fleet {
  return {
    // A single manager holds the Swarm's state, so it restarts. Others keep the quorum meanwhile.
    manager: { name: HOSTS.manager, role: "manager", zone: 0, onNewType: "restart", ...hosts.manager },
    otherManagers: Array.from({ length: managers - 1 }, (_, index) => ({
      name: `${HOSTS.manager}-${index + 2}`,
      role: "manager",
      zone: (index + 1) % 2,
      onNewType: "replace",
      ...hosts.manager,
    })),
    workers: Array.from({ length: workers }, (_, index) => ({
      name: `worker-${index + 1}`,
      role: "worker",
      zone: index % 2,
      onNewType: "replace",
      generation: hosts.generation,
      ...hosts.worker,
    })),
    // Kafka's records are on the host's disk.
    kafka: { name: HOSTS.kafka, role: "kafka", zone: 1, onNewType: "restart", ...hosts.kafka },
    loadGenerator: {
      name: HOSTS.loadGenerator,
      role: "load-generator",
      zone: 0,
      onNewType: "restart",
      ...hosts.loadGenerator,
    },
  };
}

/** Returns the hosts that the settings create: the fleet without hosts of variants that are off. */
export function usedHosts(
  settings: Pick<Settings, "hosts" | "managers" | "workers" | "mode" | "loadGenerator">,
): HostPlan[] {
  const { manager, otherManagers, workers, kafka, loadGenerator } = planFleet(settings);
  return [
    ...[manager, ...otherManagers, ...workers],
    ...(settings.mode === "kafka" ? [kafka] : []),
    ...(settings.loadGenerator === "off" ? [] : [loadGenerator]),
  ];
}
