import { HOSTS } from "@gifticon/contract/facts/names.ts";
import type { DeclaredNode, Hosts } from "./hosts.ts";

/** A task of a service. */
export interface Task {
  /** Name of its host. */
  host: string;
  /** Its container in the host's engine. */
  container: string;
  /** Process id of its first process on the host. */
  pid: number;
}

/** Answers of the engine's API that the tests of faults read. */
interface SwarmState {
  nodes: { ID: string; Status: { State: string; Addr: string } }[];
  services: {
    ID: string;
    Spec: {
      Name: string;
      TaskTemplate: { ContainerSpec: { Image: string } };
      Mode: { Replicated?: { Replicas: number } };
    };
    ServiceStatus: { RunningTasks: number; DesiredTasks: number };
    UpdateStatus?: { State: string };
  }[];
  tasks: {
    ServiceID: string;
    NodeID: string;
    DesiredState: string;
    Status: { State: string; Err?: string; ContainerStatus?: { ContainerID: string; PID: number } };
  }[];
}

/** The Swarm at one moment. */
export interface SwarmSnapshot {
  /**
   * A message for each node that isn't ready, and each service that lacks tasks or is being
   * updated.
   */
  problems: string[];
  /** The number of tasks that the service should have; 0 when it doesn't exist. */
  desiredTasks: number;
}

/** The Swarm, through its first manager. */
export class Swarm {
  readonly #hosts: Hosts;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /** Returns the Swarm's id. A new Swarm has another one. */
  async id(): Promise<string> {
    return this.#hosts.run(HOSTS.manager, ["docker", "info", "--format", "{{.Swarm.Cluster.ID}}"]);
  }

  /** Returns a service's running tasks. Tasks of a lost host count until the Swarm notices. */
  async tasks(service: string): Promise<Task[]> {
    const { nodes, services, tasks } = await this.#state();
    const id = findService(service, services)?.ID;
    return tasks.flatMap(({ ServiceID, NodeID, DesiredState, Status }) => {
      const { ContainerID, PID } = Status.ContainerStatus ?? {};
      if (ServiceID !== id || DesiredState !== "running" || Status.State !== "running") return [];
      if (ContainerID === undefined || PID === undefined) return [];
      const address = nodes.find(({ ID }) => ID === NodeID)?.Status.Addr;
      const host = this.#hosts.nodes.find(({ privateIp }) => privateIp === address)?.name;
      return host === undefined ? [] : [{ host, container: ContainerID, pid: PID }];
    });
  }

  /** Returns a running task of a service, or undefined. */
  async task(service: string): Promise<Task | undefined> {
    return (await this.tasks(service))[0];
  }

  /** Returns the state of a host's node: ready or down. */
  async stateOf(host: string): Promise<string | undefined> {
    const address = this.#hosts.addressOf(host);
    return (await this.#state()).nodes.find(({ Status }) => Status.Addr === address)?.Status.State;
  }

  /** Returns the state of a service's last update: updating, completed, rollback_completed ... */
  async updateOf(service: string): Promise<string | undefined> {
    return findService(service, (await this.#state()).services)?.UpdateStatus?.State;
  }

  /** Returns the declared image of a service. */
  async imageOf(service: string): Promise<string> {
    const found = findService(service, (await this.#state()).services);
    if (found === undefined) throw new Error(`there is no service ${service}`);
    return found.Spec.TaskTemplate.ContainerSpec.Image;
  }

  /** Returns the errors of a service's current and past tasks. */
  async errorsOf(service: string): Promise<string[]> {
    const { services, tasks } = await this.#state();
    const id = findService(service, services)?.ID;
    return tasks.flatMap(({ ServiceID, Status }) => (ServiceID === id && Status.Err ? [Status.Err] : []));
  }

  /** Changes a service by `docker service update`, without waiting for its tasks. */
  async update(service: string, args: readonly string[]): Promise<void> {
    await this.#hosts.run(HOSTS.manager, ["docker", "service", "update", "--detach", "--quiet", ...args, service]);
  }

  /**
   * Sets a service's number of tasks. `docker service update --replicas` was seen to replace
   * running tasks; `docker service scale` keeps them.
   */
  async scale(service: string, tasks: number): Promise<void> {
    await this.#hosts.run(HOSTS.manager, ["docker", "service", "scale", "--detach", `${service}=${tasks}`]);
  }

  /** Returns the Swarm's problems and a service's desired number of tasks. */
  async snapshot(service: string): Promise<SwarmSnapshot> {
    const state = await this.#state();
    return {
      problems: problemsOf(this.#hosts.nodes, state),
      desiredTasks: findService(service, state.services)?.ServiceStatus.DesiredTasks ?? 0,
    };
  }

  async #state(): Promise<SwarmState> {
    const ask = (path: string) => `curl -sf -m 10 --unix-socket /run/docker.sock 'http://docker${path}'`;
    const script = `${ask("/nodes")} && ${ask("/services?status=true")} && ${ask("/tasks")}`;
    const printed = await this.#hosts.run(HOSTS.manager, ["sh", "-c", script]);
    const [nodes = "", services = "", tasks = ""] = printed.split("\n");
    return {
      nodes: JSON.parse(nodes) as SwarmState["nodes"],
      services: JSON.parse(services) as SwarmState["services"],
      tasks: JSON.parse(tasks) as SwarmState["tasks"],
    };
  }
}

function findService(name: string, services: SwarmState["services"]): SwarmState["services"][number] | undefined {
  return services.find(({ Spec }) => Spec.Name === name);
}

function problemsOf(hosts: readonly DeclaredNode[], { nodes, services }: SwarmState): string[] {
  return [
    ...hosts
      .filter(({ privateIp }) => !nodes.some(({ Status }) => Status.Addr === privateIp && Status.State === "ready"))
      .map(({ name }) => `host ${name} is not ready`),
    ...services
      .filter(({ Spec, ServiceStatus: { RunningTasks, DesiredTasks } }) => {
        return Spec.Mode.Replicated !== undefined && RunningTasks !== DesiredTasks;
      })
      .map(({ Spec, ServiceStatus }) => {
        return `${Spec.Name} runs ${ServiceStatus.RunningTasks} of ${ServiceStatus.DesiredTasks} tasks`;
      }),
    ...services
      .filter(({ UpdateStatus }) => ["updating", "rollback_started"].includes(UpdateStatus?.State ?? ""))
      .map(({ Spec }) => `${Spec.Name} is being updated`),
  ];
}
