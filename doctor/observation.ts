import { setTimeout as delay } from "node:timers/promises";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { z } from "zod";
import { ADVICE } from "./advice.ts";
import { hostObservation } from "../infra/drift/host-observation.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import type { StackOutputs } from "../operate/stack-outputs.ts";
import { CheckFailed } from "./finding.ts";
import { hostScript, managerScript } from "./hosts/scripts.ts";
import { findUnreachable, managerFailure, messageOf, type Unreachable } from "./reach.ts";

const node = z.object({
  ID: z.string(),
  Spec: z.object({
    Labels: z.record(z.string(), z.string()).default({}),
    Role: z.string(),
    Availability: z.string(),
  }),
  Status: z.object({ State: z.string(), Addr: z.string() }),
  /** Only managers have it. */
  ManagerStatus: z.object({ Reachability: z.string() }).optional(),
  Description: z.object({
    TLSInfo: z.object({ CertIssuerPublicKey: z.string().default("") }).default({ CertIssuerPublicKey: "" }),
  }),
});

const service = z.object({
  ID: z.string(),
  UpdatedAt: z.string(),
  Spec: z.object({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).default({}),
    TaskTemplate: z.object({
      ContainerSpec: z.object({
        Image: z.string(),
        Args: z.array(z.string()).default([]),
        User: z.string().default(""),
        Env: z.array(z.string()).default([]),
        ReadOnly: z.boolean().default(false),
        CapabilityDrop: z.array(z.string()).default([]),
        Configs: z.array(z.object({ ConfigName: z.string() })).default([]),
        Secrets: z.array(z.object({ SecretName: z.string() })).default([]),
      }),
      Placement: z.object({ Constraints: z.array(z.string()).default([]) }).default({ Constraints: [] }),
      Resources: z.object({ Limits: z.object({ MemoryBytes: z.number().default(0) }).optional() }).optional(),
    }),
    Mode: z.object({
      Replicated: z.object({ Replicas: z.number() }).optional(),
      ReplicatedJob: z.object({ TotalCompletions: z.number() }).optional(),
    }),
    EndpointSpec: z
      .object({ Ports: z.array(z.object({ PublishedPort: z.number(), PublishMode: z.string() })).default([]) })
      .optional(),
  }),
  ServiceStatus: z
    .object({ RunningTasks: z.number().default(0), CompletedTasks: z.number().default(0) })
    .default({ RunningTasks: 0, CompletedTasks: 0 }),
  UpdateStatus: z
    .object({ State: z.string().optional(), CompletedAt: z.string().optional(), Message: z.string().default("") })
    .optional(),
});

const swarmTask = z.object({
  ID: z.string(),
  ServiceID: z.string(),
  /** Absent for a task of a job. */
  Slot: z.number().default(0),
  NodeID: z.string().default(""),
  CreatedAt: z.string(),
  DesiredState: z.string(),
  Status: z.object({ State: z.string(), Timestamp: z.string(), Err: z.string().default("") }),
});

const swarm = z.object({
  /** Seconds since 1970, by the manager's clock. */
  clock: z.number(),
  /** Present tasks, and the last few that ended. */
  tasks: z.array(swarmTask),
  nodes: z.array(node),
  services: z.array(service),
  /**
   * The certificate authority: its public key, and whether a rotation still waits for nodes to get
   * a certificate from it.
   */
  authority: z.object({ issuer: z.string(), rotating: z.boolean() }),
  /** Digests of the join tokens. */
  tokens: z.object({ worker: z.string(), manager: z.string() }),
});
/** The answer of a manager without access to the Swarm's state. */
const unavailable = z.object({ error: z.string(), state: z.string() });

const task = z.object({
  service: z.string(),
  /** Absent when the task didn't answer. */
  ready: z.object({ ok: z.boolean(), reason: z.string().optional() }).optional(),
  /** Lag of each partition in records. Only the issuer reports it. */
  lag: z.array(z.number()).default([]),
  /** Records that an open transaction holds back, by partition. Only the issuer reports it. */
  held: z.record(z.string(), z.number()).default({}),
  /**
   * `at`: time at which the issuer first saw a topic that replaced a deleted one, in seconds since
   * 1970; 0 without one. `waited`: number of records that waited in the deleted one; -1 when that
   * is unknown. Only the issuer reports it.
   */
  replaced: z.object({ at: z.number(), waited: z.number() }).default({ at: 0, waited: 0 }),
  /** Number of dead letters that no replay has put back. Only the issuer reports it. */
  deadLetters: z.number().default(0),
  /** Only the API reports it. */
  stats: z
    .object({
      queued: z.number().nullable(),
      /** Absent in answers of earlier versions of the API. */
      held: z.number().nullable().default(null),
      issued: z.number(),
      accepted: z.number().nullable(),
    })
    .optional(),
});

const end = z.object({
  /** Id of the task. */
  task: z.string(),
  exitCode: z.number(),
  /** True when it used more memory than its limit. */
  outOfMemory: z.boolean(),
  /** Last lines of its log, on one line. */
  lastLines: z.string(),
  /** Output of its last health check; empty when it had none. */
  lastCheck: z.string().default(""),
});

const host = z.object({
  /** The last container of each service that ended on this host. */
  ends: z.array(end),
  /** Seconds since 1970. */
  clock: z.number(),
  /** State of the host's node; empty when the engine doesn't answer. */
  swarm: z.string(),
  /** The error that ended the node; empty while it runs. */
  swarmError: z.string(),
  /** PEM; empty when the host has none. */
  certificate: z.string(),
  disks: z.array(z.object({ path: z.string(), percent: z.number() })),
  /** Bytes of the root disk that are in no partition. */
  unusedBytes: z.number(),
  /** Time of the last change of the host's packages, in seconds since 1970. */
  patched: z.number(),
  tasks: z.array(task),
  ...hostObservation.shape,
  /** Number of the broker's running containers. */
  brokers: z.number(),
  /** The error that ended the last broker, if a restart can't resolve it; else empty. */
  brokerEnd: z.string(),
  /** Lines of `open-transactions list` for the requested partitions; null on other hosts. */
  transactions: z.array(z.string()).nullable(),
});

/** The Swarm's state, as the manager reports it. */
export type SwarmObservation = z.output<typeof swarm>;
export type ServiceObservation = z.output<typeof service>;

/**
 * The observed state of one host. `asked` and `answered` are seconds since 1970 by this machine's
 * clock.
 */
export interface HostObservation extends z.output<typeof host> {
  asked: number;
  answered: number;
}

/** The observed state of an environment. */
export interface Observation {
  swarm: SwarmObservation;
  /** The observations by host name; undefined for a host that didn't answer. */
  hosts: Record<string, HostObservation | undefined>;
  /** The failures of the hosts that didn't answer, by host name. */
  unreachable: Record<string, Unreachable>;
  /**
   * A second observation of the hosts, made 3 s later if requests waited. It shows whether the
   * queue gets shorter.
   */
  later: Record<string, HostObservation | undefined> | undefined;
  /**
   * HTTP status of the API's readiness through the load balancer, or the error of the request. A
   * task stays healthy while it has no topic, and answers requests with 503.
   */
  loadBalancer: number | string;
}

/** Time between the two observations that show whether a queue moves. */
const WATCH_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Observes the environment over SSH through the manager.
 *
 * @param topics the arguments of the job that declares the topics.
 * @throws CheckFailed when the manager can't be reached, or has no access to the Swarm's state.
 */
export async function observe(
  hosts: SshHosts,
  { nodes, apiUrl, managerPublicIp }: StackOutputs,
  topics: readonly string[],
): Promise<Observation> {
  const seen = await observeSwarm(hosts, managerPublicIp);
  const names = nodes.map(({ name }) => name);
  const [{ all, errors }, loadBalancer] = await Promise.all([
    observeHosts(hosts, names, hostScript(topics)),
    ask(`${apiUrl}${PATHS.readiness}`),
  ]);
  const waits = tasksOf(all).some(({ stats, lag }) => (stats?.queued ?? 0) > 0 || lag.some((behind) => behind > 0));
  if (waits) await delay(WATCH_MS);
  return {
    swarm: seen,
    hosts: all,
    unreachable: await findUnreachable(hosts, nodes, errors),
    later: waits ? (await observeHosts(hosts, names, hostScript(topics, heldPartitions(all)))).all : undefined,
    loadBalancer,
  };
}

/** Returns the event's tasks on all hosts. */
export function tasksOf(hosts: Observation["hosts"]) {
  return Object.entries(hosts).flatMap(([name, seen]) => (seen?.tasks ?? []).map((one) => ({ host: name, ...one })));
}

/** Returns the partitions in which an open transaction holds records back. */
function heldPartitions(hosts: Observation["hosts"]): string[] {
  return tasksOf(hosts).flatMap(({ held }) =>
    Object.entries(held).flatMap(([partition, records]) => (records > 0 ? [partition] : [])),
  );
}

async function observeSwarm(hosts: SshHosts, managerPublicIp: string): Promise<SwarmObservation> {
  const seen = z.union([swarm, unavailable]).parse(await askManager(hosts, managerPublicIp));
  if ("nodes" in seen) return seen;
  if (seen.state === "error") {
    throw new CheckFailed(
      `the manager's node has ended, so the Swarm can't be changed: ${seen.error}`,
      ADVICE.managerJoinsAgain(),
    );
  }
  if (seen.error === "") {
    throw new CheckFailed(
      `the manager's node is ${seen.state} in the Swarm, so the Swarm can't be changed`,
      ADVICE.managerJoinsAgain(),
    );
  }
  throw new CheckFailed(
    `the Swarm has no quorum: running tasks continue, but nothing can be changed: ${seen.error}`,
    ADVICE.startManagers(),
  );
}

async function askManager(hosts: SshHosts, managerPublicIp: string): Promise<unknown> {
  try {
    return JSON.parse(await hosts.run(HOSTS.manager, ["sudo", "bash", "-s"], managerScript()));
  } catch (error) {
    throw await managerFailure(error, managerPublicIp);
  }
}

/**
 * Observes all hosts concurrently.
 *
 * @returns the observations, and the errors of the hosts that could not be reached, by host name.
 */
async function observeHosts(
  hosts: SshHosts,
  names: readonly string[],
  script: string,
): Promise<{ all: Observation["hosts"]; errors: Map<string, string> }> {
  const errors = new Map<string, string>();
  const observations = names.map(async (name) => {
    const asked = Date.now() / 1_000;
    try {
      const text = await hosts.run(name, ["sudo", "bash", "-s"], script);
      return [name, { ...host.parse(JSON.parse(text)), asked, answered: Date.now() / 1_000 }] as const;
    } catch (error) {
      errors.set(name, messageOf(error));
      return [name, undefined] as const;
    }
  });
  return { all: Object.fromEntries(await Promise.all(observations)), errors };
}

async function ask(url: string): Promise<number | string> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })).status;
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
