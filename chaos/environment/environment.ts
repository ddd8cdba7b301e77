import { isIP } from "node:net";
import { PATHS } from "@gifticon/contract/facts/http.ts";
import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Stats } from "@gifticon/main-api/stats.ts";
import { paths } from "local-cloud/aws/lb/haproxy-config.ts";
import { request } from "undici";
import { containerOf } from "./aws-services.ts";
import { docker } from "./docker.ts";
import { EventDatabase } from "./event-database.ts";
import { Hosts, type DeclaredNode } from "./hosts.ts";
import { Swarm } from "./swarm.ts";

/** The program's outputs that describe an environment. */
export interface EnvironmentOutputs {
  apiUrl: string;
  nodes: readonly DeclaredNode[];
}

/** An environment of the local cloud, through the containers of this machine. */
export class Environment {
  readonly account: string;
  /** Address of the load balancer. */
  readonly apiUrl: string;
  readonly hosts: Hosts;
  readonly swarm: Swarm;
  readonly database: EventDatabase;
  readonly #outputs: () => Promise<EnvironmentOutputs>;

  private constructor(
    account: string,
    outputs: () => Promise<EnvironmentOutputs>,
    { apiUrl, nodes }: EnvironmentOutputs,
  ) {
    this.account = account;
    this.apiUrl = apiUrl;
    this.hosts = new Hosts(account, nodes);
    this.swarm = new Swarm(this.hosts);
    this.database = new EventDatabase(account);
    this.#outputs = outputs;
  }

  /**
   * Opens an environment.
   *
   * @param account the account of the local cloud.
   * @param outputs reads the program's outputs.
   */
  static async open(account: string, outputs: () => Promise<EnvironmentOutputs>): Promise<Environment> {
    return new Environment(account, outputs, await outputs());
  }

  /** Reads the hosts again, after `pulumi up` changed them. */
  async reload(): Promise<void> {
    this.hosts.update((await this.#outputs()).nodes);
  }

  /** Returns the private addresses of the load balancer's healthy targets. */
  async healthyTargets(): Promise<string[]> {
    const show = ["node", paths.client, paths.admin, "show servers state"];
    const state = await docker(["exec", await containerOf(this.account, "load balancer"), ...show]);
    // Columns: be_id be_name srv_id srv_name srv_addr srv_op_state ...; state 2 is running. The
    // first two lines are the version and the names. The load balancer's internal second backend
    // has no address.
    return state
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([, , , , address, up]) => (address !== undefined && isIP(address) && up === "2" ? [address] : []));
  }

  /**
   * Returns the number of accepted requests that are not decided, or undefined when it is unknown.
   */
  async queued(): Promise<number | undefined> {
    return (await this.#stats())?.queued ?? undefined;
  }

  /** Returns the number of requests in the topic, or undefined when it is unknown. */
  async written(): Promise<number | undefined> {
    return (await this.#stats())?.accepted ?? undefined;
  }

  /** Returns a message for each host, service and load balancer target that isn't healthy. */
  async problems(): Promise<string[]> {
    const [{ problems, desiredTasks: wanted }, targets] = await Promise.all([
      this.swarm.snapshot(SWARM_SERVICES.api),
      this.healthyTargets(),
    ]);
    return [
      ...problems,
      ...(wanted === 0 ? [`there is no ${SWARM_SERVICES.api}`] : []),
      ...(targets.length === wanted ? [] : [`the load balancer has ${targets.length} healthy targets of ${wanted}`]),
    ];
  }

  async #stats(): Promise<Pick<Stats, "accepted" | "queued"> | undefined> {
    const { statusCode, body } = await request(`${this.apiUrl}${PATHS.stats}`, { headersTimeout: 10_000 });
    const text = await body.text();
    return statusCode === 200 ? (JSON.parse(text) as Stats) : undefined;
  }
}
