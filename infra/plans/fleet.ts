import { HOSTS } from "@gifticon/contract/facts/names.ts";
import type { Settings } from "../config/config.ts";
import type { InstanceType } from "../config/instance-types.ts";

/** What a host is for. Managers run Swarm's control plane and no task. */
export type HostRole = "manager" | "worker" | "kafka" | "load-generator";

/** One host as it is declared. */
export interface HostPlan {
  /** Its name within the stack: derived from role and number, so that adding or removing one never renames another. */
  name: string;
  role: HostRole;
  instanceType: InstanceType;
  diskGib: number;
  /** Labels of its Swarm node. */
  labels: Record<string, string>;
  /** Another number makes another host of it. Only workers have one. */
  generation?: number;
  /** Number of the zone it stands in, 0 or 1: the hosts alternate, so that one zone's failure leaves half of the workers. */
  zone: number;
}

/** All hosts of the environment, by the settings. */
export interface Fleet {
  /** The first manager: the others are reached through it. */
  manager: HostPlan;
  /** Managers beside the first. */
  otherManagers: HostPlan[];
  workers: HostPlan[];
  /** Only in mode kafka. */
  kafka?: HostPlan;
  /** Only when there is one. */
  loadGenerator?: HostPlan;
}

/** The labels as Swarm takes them: "key=value". */
export function labelList({ labels }: HostPlan): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** Plans the hosts. */
export function planFleet({
  hosts,
  managers,
  workers,
  mode,
  loadGenerator,
}: Pick<Settings, "hosts" | "managers" | "workers" | "mode" | "loadGenerator">): Fleet {
  return {
    manager: { name: HOSTS.manager, role: "manager", zone: 0, ...hosts.manager },
    otherManagers: Array.from({ length: managers - 1 }, (_, index) => ({
      name: `${HOSTS.manager}-${index + 2}`,
      role: "manager",
      zone: (index + 1) % 2,
      ...hosts.manager,
    })),
    workers: Array.from({ length: workers }, (_, index) => ({
      name: `worker-${index + 1}`,
      role: "worker",
      zone: index % 2,
      generation: hosts.generation,
      ...hosts.worker,
    })),
    ...(mode === "kafka" ? { kafka: { name: HOSTS.kafka, role: "kafka", zone: 1, ...hosts.kafka } } : {}),
    ...(loadGenerator === "off"
      ? {}
      : { loadGenerator: { name: HOSTS.loadGenerator, role: "load-generator", zone: 0, ...hosts.loadGenerator } }),
  };
}
