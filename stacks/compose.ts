import { stringify } from "yaml";

/**
 * A Compose file as `docker stack deploy` reads it (Compose specification, version 3): only what
 * our stacks use.
 */
export interface Compose {
  services: Record<string, ComposeService>;
  networks: Record<string, { external: true }>;
  /** Named volumes, each on the host where the service runs. */
  volumes?: Record<string, Record<string, never>>;
  configs?: Record<string, { external: true; name: string }>;
  secrets?: Record<string, { external: true; name: string }>;
}

/** A service. */
export interface ComposeService {
  /** Image by digest. */
  image: string;
  /** Replaces the entrypoint of the image. */
  entrypoint?: string[];
  command?: string[];
  hostname?: string;
  user: string;
  environment?: Record<string, string | number>;
  healthcheck?: Healthcheck;
  /** Runs an init process that reaps children and forwards signals. */
  init: true;
  read_only?: true;
  cap_drop?: ["ALL"];
  stop_grace_period: string;
  /** Networks, with the service's aliases in them. `host` is the network of the task's host. */
  networks: Record<string, { aliases?: string[] }>;
  /**
   * Host mode publishes a port of the task's host. The routing mesh needs IPVS and drops idle
   * connections after 900 s.
   */
  ports?: { target: number; published: number; protocol: "tcp"; mode: "host" }[];
  volumes: Mount[];
  configs?: { source: string; target: string }[];
  secrets?: { source: string; target: string; uid: string; mode: number }[];
  deploy: Deploy;
}

/**
 * Health check. Swarm counts a task as running once it is healthy. Durations are "5s"; missing
 * values come from the image.
 */
export interface Healthcheck {
  test?: string[];
  interval?: string;
  timeout?: string;
  retries?: number;
  /** Failures within this time of the start don't count. */
  start_period?: string;
  /** Interval within the start period. */
  start_interval: string;
}

/** A mount of a task. */
export type Mount =
  | { type: "tmpfs"; target: string; tmpfs: { size: number } }
  | { type: "volume"; source: string; target: string }
  | { type: "bind"; source: string; target: string; read_only: true };

/** Number, placement and updates of a service's tasks. */
export interface Deploy {
  mode: "replicated" | "replicated-job";
  /** Labels of the service, not of its containers. A change restarts nothing. */
  labels?: Record<string, string>;
  replicas: number;
  /** dnsrr resolves names to the tasks' addresses. Virtual addresses need IPVS. */
  endpoint_mode: "dnsrr";
  placement: { constraints: string[]; preferences?: { spread: string }[]; max_replicas_per_node?: number };
  restart_policy: { condition: "any" | "on-failure"; delay: string; max_attempts?: number };
  update_config?: UpdateConfig;
  rollback_config?: UpdateConfig;
  resources: { limits: Limits; reservations?: { memory: string } };
}

/** Limits of a task. */
export interface Limits {
  memory: string;
  /** Maximum number of processes and threads. */
  pids: number;
}

/** Update policy of a service. */
export interface UpdateConfig {
  parallelism: 1;
  order: "start-first" | "stop-first";
  failure_action: "rollback" | "pause";
  /** A task that fails within this time after its start counts as a failure of the update. */
  monitor: string;
}

/** Properties of all our services: no capabilities, a read-only image, an address of its own. */
export const hardened = {
  init: true,
  read_only: true,
  cap_drop: ["ALL"],
} as const satisfies Partial<ComposeService>;

/**
 * Health check for images that define their own. It runs each second at first, which notices a
 * start sooner.
 */
export const ownCheck: Healthcheck = { start_interval: "1s" };

/** Returns the mount of /tmp, a task's only writable folder besides its volumes. */
export function scratch(mib: number): Mount {
  return { type: "tmpfs", target: "/tmp", tmpfs: { size: mib * 1024 * 1024 } };
}

/**
 * Maximum number of processes and threads of a task. It is several times the number that was
 * counted at rest (`docker stats`: 12 for a service of ours, 27 for ZooKeeper, 79 for Kafka): a
 * health check is a process of its own, some threads follow the number of processors, and k6 and
 * nGrinder grow with their users. It is far below the limit of a host's kernel.
 */
export const PIDS = { node: 128, java: 1_024, k6: 1_024, users: 16_384 } as const;

/**
 * Returns the limits of a task.
 *
 * @param pids one of `PIDS`.
 */
export function limits(memoryMib: number, pids: number): { limits: Limits } {
  return { limits: { memory: `${memoryMib}M`, pids } };
}

/** Returns a policy that updates one task at a time, and rolls back when one fails. */
export function rolling(order: UpdateConfig["order"]): Required<Pick<Deploy, "update_config" | "rollback_config">> {
  const one = { parallelism: 1, order, monitor: "10s" } as const;
  return {
    update_config: { ...one, failure_action: "rollback" },
    rollback_config: { ...one, failure_action: "pause" },
  };
}

/** Renders the Compose file for the Swarm. */
export function renderCompose(compose: Compose): string {
  // Debian's Docker CLI 26.1 supports schemas up to 3.12. Without YAML aliases each service is
  // readable by itself. Docker reads YAML 1.1, where a plain `on` or `n` is a boolean.
  return stringify({ version: "3.12", ...compose }, { version: "1.1", aliasDuplicateObjects: false, lineWidth: 0 });
}
