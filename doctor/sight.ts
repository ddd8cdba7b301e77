import { setTimeout as delay } from "node:timers/promises";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { z } from "zod";
import { hostObservation } from "../infra/drift/host-observation.ts";
import type { SshHosts } from "../operate/ssh-hosts.ts";
import type { StackOutputs } from "../operate/stack-outputs.ts";
import { Unseen } from "./finding.ts";
import { hostScript, managerScript } from "./hosts/scripts.ts";
import { findUnasked, whyManagerUnasked, wordsOf, type Unasked } from "./reach.ts";

const node = z.object({
  ID: z.string(),
  Spec: z.object({
    Labels: z.record(z.string(), z.string()).default({}),
    Role: z.string(),
    Availability: z.string(),
  }),
  Status: z.object({ State: z.string(), Addr: z.string() }),
  /** Only of a manager. */
  ManagerStatus: z.object({ Reachability: z.string() }).optional(),
  Description: z.object({
    TLSInfo: z.object({ CertIssuerPublicKey: z.string().default("") }).default({ CertIssuerPublicKey: "" }),
  }),
});

const service = z.object({
  ID: z.string(),
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
  UpdateStatus: z.object({ State: z.string().optional() }).optional(),
});

const swarm = z.object({
  nodes: z.array(node),
  services: z.array(service),
  /**
   * The certificate authority: its public key, and whether nodes are still without a certificate of
   * it.
   */
  authority: z.object({ issuer: z.string(), rotating: z.boolean() }),
  /** Digests of the join tokens. */
  tokens: z.object({ worker: z.string(), manager: z.string() }),
});
/** The answer of a manager that can't tell of the Swarm. */
const untold = z.object({ error: z.string(), state: z.string() });

const task = z.object({
  service: z.string(),
  /** Absent where the task didn't answer. */
  ready: z.object({ ok: z.boolean(), reason: z.string().optional() }).optional(),
  /** Records behind, by partition; only the issuer's. */
  lag: z.array(z.number()).default([]),
  /** Records that an open transaction holds back, by partition; only the issuer's. */
  held: z.record(z.string(), z.number()).default({}),
  /** Only the API's. */
  stats: z
    .object({
      queued: z.number().nullable(),
      /** Absent in answers of earlier versions. */
      held: z.number().nullable().default(null),
      issued: z.number(),
      accepted: z.number().nullable(),
    })
    .optional(),
});

const host = z.object({
  /** Seconds since 1970. */
  clock: z.number(),
  swarm: z.string(),
  /** Error by which the node ended; empty while it runs. */
  swarmError: z.string(),
  /** PEM; empty where there is none. */
  certificate: z.string(),
  disks: z.array(z.object({ path: z.string(), percent: z.number() })),
  tasks: z.array(task),
  ...hostObservation.shape,
  /** Containers of the broker that run. */
  brokers: z.number(),
  /** Error by which the last broker ended, when no start gets over it; else empty. */
  brokerEnd: z.string(),
  /** Lines of `open-transactions list` for the partitions that were asked for; null elsewhere. */
  transactions: z.array(z.string()).nullable(),
});

/** The Swarm, as the manager knows it. */
export type SwarmSight = z.output<typeof swarm>;
export type ServiceSight = z.output<typeof service>;

/**
 * What a look at one host showed, and when it was asked and answered, in seconds since 1970 of this
 * machine.
 */
export interface HostSight extends z.output<typeof host> {
  asked: number;
  answered: number;
}

/** All that was seen. */
export interface Sight {
  swarm: SwarmSight;
  /** By host; undefined for one that didn't answer. */
  hosts: Record<string, HostSight | undefined>;
  /** Why those that didn't answer didn't, by host. */
  unasked: Record<string, Unasked>;
  /**
   * The hosts again, after a moment in which a queue should have become shorter; only where
   * requests waited.
   */
  later: Record<string, HostSight | undefined> | undefined;
  /** How the API answered through the load balancer: a status, or why there was none. */
  entrance: number | string;
}

/** How long a queue is watched to see whether it moves. */
const WATCH_MS = 3_000;
const ENTRANCE_TIMEOUT_MS = 10_000;

/**
 * Looks at the environment, through the manager.
 *
 * @param topics the arguments of the job that declares the topics.
 * @throws Unseen when the manager can't be reached, or can't tell of the Swarm.
 */
export async function look(
  hosts: SshHosts,
  { nodes, apiUrl, managerPublicIp }: StackOutputs,
  topics: readonly string[],
): Promise<Sight> {
  const seen = await lookAtSwarm(hosts, managerPublicIp);
  const names = nodes.map(({ name }) => name);
  const [{ all, words }, entrance] = await Promise.all([
    lookAtHosts(hosts, names, hostScript(topics)),
    ask(`${apiUrl}${PATHS.health}`),
  ]);
  const waits = tasksOf(all).some(({ stats, lag }) => (stats?.queued ?? 0) > 0 || lag.some((behind) => behind > 0));
  if (waits) await delay(WATCH_MS);
  return {
    swarm: seen,
    hosts: all,
    unasked: await findUnasked(hosts, nodes, words),
    later: waits ? (await lookAtHosts(hosts, names, hostScript(topics, heldPartitions(all)))).all : undefined,
    entrance,
  };
}

/** The event's tasks on all hosts. */
export function tasksOf(hosts: Sight["hosts"]) {
  return Object.entries(hosts).flatMap(([name, seen]) => (seen?.tasks ?? []).map((one) => ({ host: name, ...one })));
}

/** Returns the partitions of which an open transaction holds records back. */
function heldPartitions(hosts: Sight["hosts"]): string[] {
  return tasksOf(hosts).flatMap(({ held }) =>
    Object.entries(held).flatMap(([partition, records]) => (records > 0 ? [partition] : [])),
  );
}

async function lookAtSwarm(hosts: SshHosts, managerPublicIp: string): Promise<SwarmSight> {
  const seen = z.union([swarm, untold]).parse(await askManager(hosts, managerPublicIp));
  if ("nodes" in seen) return seen;
  if (seen.state === "error") {
    throw new Unseen(
      `the manager's node has ended, so nothing can be changed in the Swarm: ${seen.error}`,
      "an up has the manager join the other managers again or, without others, makes a new Swarm and puts all into it",
    );
  }
  throw new Unseen(
    `the Swarm has no quorum, so what runs goes on and nothing can be changed: ${seen.error}`,
    "start the managers' hosts that are off; an up with --refresh replaces those that are lost (docs/reliability.md)",
  );
}

async function askManager(hosts: SshHosts, managerPublicIp: string): Promise<unknown> {
  try {
    return JSON.parse(await hosts.run(HOSTS.manager, ["sudo", "bash", "-s"], managerScript()));
  } catch (error) {
    throw await whyManagerUnasked(error, managerPublicIp);
  }
}

/**
 * Looks at the hosts, all at once.
 *
 * @returns what was seen, by host, and what was said about those that could not be asked.
 */
async function lookAtHosts(
  hosts: SshHosts,
  names: readonly string[],
  script: string,
): Promise<{ all: Sight["hosts"]; words: Map<string, string> }> {
  const words = new Map<string, string>();
  const looks = names.map(async (name) => {
    const asked = Date.now() / 1_000;
    try {
      const text = await hosts.run(name, ["sudo", "bash", "-s"], script);
      return [name, { ...host.parse(JSON.parse(text)), asked, answered: Date.now() / 1_000 }] as const;
    } catch (error) {
      words.set(name, wordsOf(error));
      return [name, undefined] as const;
    }
  });
  return { all: Object.fromEntries(await Promise.all(looks)), words };
}

async function ask(url: string): Promise<number | string> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ENTRANCE_TIMEOUT_MS) })).status;
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
