import type { Advice } from "./advice.ts";
import type { Compose } from "../stacks/compose.ts";
import { gifticonStack } from "../stacks/gifticon/gifticon-stack.ts";
import { kafkaStack } from "../stacks/kafka/kafka-stack.ts";
import type { Finding } from "./finding.ts";
import { type Declared, digestOf } from "./declared.ts";
import type { HostObservation, ServiceObservation, SwarmObservation } from "./observation.ts";
import type { Steps } from "./steps.ts";

/** A small declared environment: a manager, a worker and Kafka's host. */
export const declared: Pick<Declared, "outputs" | "composes" | "tokens"> = {
  tokens: { worker: digestOf("SWMTKN-w") },
  outputs: {
    ...{ apiUrl: "http://api.example", managerPublicIp: "203.0.113.9", mode: "kafka", loadGenerator: "off" },
    nodes: [
      { name: "manager", role: "manager", privateIp: "10.0.0.4", labels: {}, hostKey: "" },
      { name: "worker-1", role: "worker", privateIp: "10.0.0.5", labels: { rack: "a" }, hostKey: "" },
      { name: "kafka", role: "kafka", privateIp: "10.0.1.6", labels: { kafka_server: "true" }, hostKey: "" },
    ],
  },
  composes: {
    gifticon: gifticonStack({
      network: "event",
      spareWorkers: 0,
      database: { host: "db", port: 5432, name: "gifticon", user: "gifticon_service", caFile: "/ca.pem" },
      api: { image: "main-api@sha256:1", replicas: 1, memoryMib: 384, poolSize: 5, port: 8080, newTargetSeconds: 15 },
      queue: {
        ...{ mode: "kafka", bootstrapServers: "kafka:19092" },
        issuer: { image: "issuer@sha256:2", memoryMib: 384, poolSize: 4 },
      },
      passwordSecret: "gifticon_database-password-1",
    }),
    kafka: kafkaStack({
      ...{ image: "kafka@sha256:3", network: "event", partitions: 1, nodeId: "n3", repair: "none" },
      memory: { kafka: { heap: 256, limit: 512 }, zookeeper: { heap: 128, limit: 384 } },
      configs: { kafka: "kafka_kafka-1", zookeeper: "kafka_zookeeper-1" },
    }),
  },
};

/** The public key of the Swarm's certificate authority. */
const ISSUER = "KEY";

/** Returns a Swarm without faults. */
export function healthySwarm(): SwarmObservation {
  return {
    ...{ clock: 1_000, tasks: [] },
    nodes: [
      node("n1", "10.0.0.4", "manager", "drain", { "gifticon-event.host": "manager" }),
      node("n2", "10.0.0.5", "worker", "active", { "gifticon-event.host": "worker-1", rack: "a" }),
      node("n3", "10.0.1.6", "worker", "active", { "gifticon-event.host": "kafka", kafka_server: "true" }),
    ],
    authority: { issuer: ISSUER, rotating: false },
    tokens: { worker: digestOf("SWMTKN-w"), manager: digestOf("SWMTKN-m") },
    services: Object.entries(declared.composes).flatMap(([stack, compose]) => servicesOf(stack, compose)),
  };
}

function node(ID: string, Addr: string, Role: string, Availability: string, Labels: Record<string, string>) {
  return {
    ID,
    Spec: { Labels, Role, Availability },
    Status: { State: "ready", Addr },
    Description: { TLSInfo: { CertIssuerPublicKey: ISSUER } },
  };
}

/** Returns the services that Docker creates from a stack file. */
function servicesOf(stack: string, compose: Compose): ServiceObservation[] {
  return Object.entries(compose.services).map(([name, service]) => {
    const { mode, replicas, placement, resources } = service.deploy;
    const job = mode === "replicated-job";
    return {
      ID: `${stack}-${name}`,
      UpdatedAt: new Date(0).toISOString(),
      Spec: {
        Name: `${stack}_${name}`,
        Labels: { "com.docker.stack.namespace": stack },
        TaskTemplate: {
          ContainerSpec: {
            Image: service.image,
            Args: service.command ?? [],
            User: service.user,
            Env: Object.entries(service.environment ?? {}).map(([key, value]) => `${key}=${value}`),
            ReadOnly: true,
            CapabilityDrop: ["ALL"],
            Configs: (service.configs ?? []).map(({ source }) => ({
              ConfigName: compose.configs?.[source]?.name ?? "",
            })),
            Secrets: (service.secrets ?? []).map(({ source }) => ({
              SecretName: compose.secrets?.[source]?.name ?? "",
            })),
          },
          Placement: { Constraints: placement.constraints },
          Resources: { Limits: { MemoryBytes: parseInt(resources.limits.memory, 10) * 1024 * 1024 } },
        },
        Mode: job ? { ReplicatedJob: { TotalCompletions: replicas } } : { Replicated: { Replicas: replicas } },
        EndpointSpec: {
          Ports: (service.ports ?? []).map(({ published, mode }) => ({ PublishedPort: published, PublishMode: mode })),
        },
      },
      ServiceStatus: { RunningTasks: job ? 0 : replicas, CompletedTasks: job ? replicas : 0 },
    };
  });
}

/** Report of a task that knows of no topic that was created again. */
export const NEVER = { at: 0, waited: 0 };

/** Returns a host without faults. It has no certificate. */
export function healthyHost(): HostObservation {
  return {
    ...{ clock: 1_000.5, asked: 1_000, answered: 1_001, swarm: "active", certificate: "" },
    disks: [{ path: "/", percent: 40 }],
    ...{ unusedBytes: 0, patched: 1_000 },
    tasks: [],
    ...{ swarmError: "", missingImages: [], topics: null, ends: [], brokers: 0, brokerEnd: "", transactions: null },
  };
}

/** Returns all declared hosts, without faults. */
export function healthyHosts(): Record<string, HostObservation | undefined> {
  return Object.fromEntries(declared.outputs.nodes.map(({ name }) => [name, healthyHost()]));
}

/** Short steps, for readable expectations. */
export const steps: Steps = { up: "up", replay: "replay", recover: (host) => `recover ${host}` as Advice };

/** Formats findings as "fault -> next step". */
export function format(findings: readonly Finding[]): string[] {
  return findings.map(({ unknown, note, what, next }) => {
    const word = unknown ? "unknown: " : note ? "note: " : "";
    return `${word}${what} -> ${next}`;
  });
}
