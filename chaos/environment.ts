import { isIP } from "node:net";
import { DATABASE } from "@gifticon/contract/facts/database.ts";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { HOSTS, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { REMOVE_LOAD_TEST_ROWS } from "@gifticon/load-agent/protocol.ts";
import type { DecidedRow } from "../operate/reconciliation.ts";
import type { Stats } from "@gifticon/main-api/stats.ts";
import { execa } from "execa";
import { request } from "undici";
import { paths } from "local-cloud/aws/lb/haproxy-config.ts";
import { instance } from "../operate/local-hosts.ts";

/** What has to be known of an environment of the local cloud to strike at it: outputs of the program. */
export interface Target {
  apiUrl: string;
  nodes: readonly { name: string; role: string; privateIp: string }[];
}

/** A task of a service. */
export interface Task {
  /** The host that it runs on. */
  host: string;
  /** Its container in the host's own engine. */
  container: string;
  /** Its first process, as the host numbers it. */
  pid: number;
}

/** What the Swarm says of itself, as Docker's SWARM_SERVICES.api has it. */
interface Swarm {
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

/** What an AWS service of the account runs in. */
const SERVICES = {
  database: "aws:rds/instance:Instance",
  "load balancer": "aws:lb/loadBalancer:LoadBalancer",
  registry: "aws:ecr/registry:Registry",
} as const;

/** An environment of the local cloud, by the containers of this machine: what nobody outside of it could do. */
export class Environment {
  readonly account: string;
  readonly apiUrl: string;
  readonly #outputs: () => Promise<Target>;
  #nodes: Target["nodes"];
  readonly #hosts = new Map<string, Promise<string>>();

  private constructor(account: string, outputs: () => Promise<Target>, { apiUrl, nodes }: Target) {
    this.account = account;
    this.apiUrl = apiUrl;
    this.#outputs = outputs;
    this.#nodes = nodes;
  }

  /**
   * @param account the account of the local cloud that the environment belongs to.
   * @param outputs reads the program's outputs.
   */
  static async open(account: string, outputs: () => Promise<Target>): Promise<Environment> {
    return new Environment(account, outputs, await outputs());
  }

  /** Learns which hosts there are now, after a change of them. */
  async renew(): Promise<void> {
    this.#nodes = (await this.#outputs()).nodes;
    this.#hosts.clear();
  }

  /** The names of the hosts. */
  get hosts(): string[] {
    return this.#nodes.map(({ name }) => name);
  }

  /** The hosts that manage the Swarm, the first one first. */
  get managers(): string[] {
    return this.#nodes.filter(({ role }) => role === "manager").map(({ name }) => name);
  }

  /** The Swarm's id: another one for another Swarm. */
  async swarmId(): Promise<string> {
    return this.on(HOSTS.manager, ["docker", "info", "--format", "{{.Swarm.Cluster.ID}}"]);
  }

  /** The private address of a host. */
  addressOf(host: string): string {
    const node = this.#nodes.find(({ name }) => name === host);
    if (node === undefined) throw new Error(`there is no host ${host}`);
    return node.privateIp;
  }

  /** The container that is a host. */
  async host(name: string): Promise<string> {
    let found = this.#hosts.get(name);
    if (found === undefined) {
      found = instance(this.account, name).then(({ container }) => container);
      this.#hosts.set(name, found);
    }
    return found;
  }

  /** The container of a service that AWS would run. */
  async service(name: keyof typeof SERVICES): Promise<string> {
    const filters = [`label=local-cloud.account=${this.account}`, `label=local-cloud.type=${SERVICES[name]}`];
    const found = await docker(["ps", "-aq", "--no-trunc", ...filters.flatMap((filter) => ["--filter", filter])]);
    const [container, another] = found.split("\n");
    if (!container || another !== undefined) throw new Error(`not one ${name} in account ${this.account}: ${found}`);
    return container;
  }

  /** Runs a command as root on a host; returns what it printed. */
  async on(host: string, command: readonly string[]): Promise<string> {
    return docker(["exec", await this.host(host), ...command]);
  }

  /** The running tasks of a service; those of a host that is away are among them until the Swarm has noticed. */
  async tasks(service: string): Promise<Task[]> {
    const { nodes, services, tasks } = await this.#swarm();
    const id = named(service, services)?.ID;
    return tasks.flatMap(({ ServiceID, NodeID, DesiredState, Status }) => {
      const { ContainerID, PID } = Status.ContainerStatus ?? {};
      if (ServiceID !== id || DesiredState !== "running" || Status.State !== "running") return [];
      if (ContainerID === undefined || PID === undefined) return [];
      const address = nodes.find(({ ID }) => ID === NodeID)?.Status.Addr;
      const host = this.#nodes.find(({ privateIp }) => privateIp === address)?.name;
      return host === undefined ? [] : [{ host, container: ContainerID, pid: PID }];
    });
  }

  /** The one running task of a service; undefined while there is none. */
  async task(service: string): Promise<Task | undefined> {
    return (await this.tasks(service))[0];
  }

  /** What the Swarm says of a host: ready or down. */
  async stateOf(host: string): Promise<string | undefined> {
    const address = this.addressOf(host);
    return (await this.#swarm()).nodes.find(({ Status }) => Status.Addr === address)?.Status.State;
  }

  /** How far an update of a service is: updating, completed, rollback_completed ... */
  async updateOf(service: string): Promise<string | undefined> {
    return named(service, (await this.#swarm()).services)?.UpdateStatus?.State;
  }

  /** The image that a service is declared with. */
  async imageOf(service: string): Promise<string> {
    const found = named(service, (await this.#swarm()).services);
    if (found === undefined) throw new Error(`there is no service ${service}`);
    return found.Spec.TaskTemplate.ContainerSpec.Image;
  }

  /** The errors of a service's tasks, those of the past too. */
  async errorsOf(service: string): Promise<string[]> {
    const { services, tasks } = await this.#swarm();
    const id = named(service, services)?.ID;
    return tasks.flatMap(({ ServiceID, Status }) => (ServiceID === id && Status.Err ? [Status.Err] : []));
  }

  /** Changes a service as `docker service update` does, without a wait for its tasks. */
  async update(service: string, args: readonly string[]): Promise<void> {
    await this.on(HOSTS.manager, ["docker", "service", "update", "--detach", "--quiet", ...args, service]);
  }

  /** Gives a service so many tasks. (`docker service update --replicas` was seen to replace those that run as well.) */
  async scale(service: string, tasks: number): Promise<void> {
    await this.on(HOSTS.manager, ["docker", "service", "scale", "--detach", `${service}=${tasks}`]);
  }

  /** Hosts that the load balancer sends requests to, by private address. */
  async healthyTargets(): Promise<string[]> {
    const show = ["node", paths.client, paths.admin, "show servers state"];
    const state = await docker(["exec", await this.service("load balancer"), ...show]);
    // be_id be_name srv_id srv_name srv_addr srv_op_state ...; 2 is running. The first two lines are its version and the names; the load
    // balancer's own second way has no address.
    return state
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([, , , , address, up]) => (address !== undefined && isIP(address) && up === "2" ? [address] : []));
  }

  /** Runs SQL as the server's own user; a line for each row, its values apart by tabs. */
  async sql(text: string): Promise<string[]> {
    const psql = [
      "psql",
      "-XqAt",
      "-F",
      "\t",
      "-v",
      "ON_ERROR_STOP=1",
      "-U",
      "rdsadmin",
      "-d",
      DATABASE.name,
      "-c",
      text,
    ];
    const printed = await docker(["exec", "-u", "postgres", await this.service("database"), ...psql]);
    return printed.split("\n").filter((line) => line !== "");
  }

  /** Requests that are taken and not decided; undefined while nobody can say. */
  async queued(): Promise<number | undefined> {
    return (await this.#stats())?.queued ?? undefined;
  }

  /** Requests that stand in the topic, decided or not; undefined while nobody can say. */
  async written(): Promise<number | undefined> {
    return (await this.#stats())?.accepted ?? undefined;
  }

  /** What is not as it should be: hosts that aren't ready, services without all of their tasks, targets that the load balancer leaves out. */
  async complaints(): Promise<string[]> {
    const { nodes, services } = await this.#swarm();
    const wanted = named(SWARM_SERVICES.api, services)?.ServiceStatus.DesiredTasks ?? 0;
    const targets = await this.healthyTargets();
    return [
      ...this.#nodes
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
      ...(wanted === 0 ? [`there is no ${SWARM_SERVICES.api}`] : []),
      ...(targets.length === wanted ? [] : [`the load balancer has ${targets.length} healthy targets of ${wanted}`]),
    ];
  }

  /** Takes away what earlier loads left, as the load test's agent does. */
  async clear(): Promise<void> {
    await this.sql(`begin; select from gifticon_stock for update; ${REMOVE_LOAD_TEST_ROWS}; commit`);
  }

  /** The decided requests of the load. */
  async rows(): Promise<DecidedRow[]> {
    const lines = await this.sql(
      `select request_id, user_id, outcome, coalesce(code, '-') from gifticon_request
       where user_id between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}`,
    );
    return lines.map((line) => {
      const [requestId = "", userId = "", outcome, code = "-"] = line.split("\t");
      return { requestId, userId, outcome: outcome as DecidedRow["outcome"], code: code === "-" ? null : code };
    });
  }

  /** The stock, without what others than loads have. */
  async stock(): Promise<{ total: number; remaining: number }> {
    const [line = ""] = await this.sql(
      `select total - (select count(*) from gifticon_request
         where outcome = 'issued' and user_id not between ${LOAD_TEST_USERS.first} and ${LOAD_TEST_USERS.last}), remaining
       from gifticon_stock`,
    );
    const [total, remaining] = line.split("\t").map(Number);
    return { total: total ?? NaN, remaining: remaining ?? NaN };
  }

  async #stats(): Promise<Pick<Stats, "accepted" | "queued"> | undefined> {
    const { statusCode, body } = await request(`${this.apiUrl}${PATHS.stats}`, { headersTimeout: 10_000 });
    const text = await body.text();
    return statusCode === 200 ? (JSON.parse(text) as Stats) : undefined;
  }

  async #swarm(): Promise<Swarm> {
    const ask = (path: string) => `curl -sf -m 10 --unix-socket /run/docker.sock 'http://docker${path}'`;
    const script = `${ask("/nodes")} && ${ask("/services?status=true")} && ${ask("/tasks")}`;
    const [nodes = "", services = "", tasks = ""] = (await this.on(HOSTS.manager, ["sh", "-c", script])).split("\n");
    return {
      nodes: JSON.parse(nodes) as Swarm["nodes"],
      services: JSON.parse(services) as Swarm["services"],
      tasks: JSON.parse(tasks) as Swarm["tasks"],
    };
  }
}

function named(service: string, services: Swarm["services"]): Swarm["services"][number] | undefined {
  return services.find(({ Spec }) => Spec.Name === service);
}

/** Runs the machine's Docker CLI; returns what it printed. A Ctrl-C in the terminal is not for it: what it does may be what puts things right.
 *
 * @param options.all with its standard error: the logs of a container have both.
 */
export async function docker(args: readonly string[], { all = false } = {}): Promise<string> {
  const printed = await execa("docker", args, { stdin: "ignore", detached: true, all: true });
  return all ? printed.all : printed.stdout;
}
