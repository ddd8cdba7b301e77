import { docker } from "../engine/docker.ts";
import { label } from "../engine/account.ts";
import { coalesce } from "../engine/coalesce.ts";
import { listContainers } from "../engine/containers.ts";
import { internetNetworkName, listNetworks, rangeOf } from "../engine/networks.ts";
import { listRecords } from "../engine/records.ts";
import { token } from "../aws/ec2/tokens.ts";
import { applyFirewalls } from "./firewall.ts";
import { applyHopLimits } from "./hop-limits.ts";
import { viewOf, type View } from "./view.ts";

/** How long a view is good for an answer, in milliseconds. */
const VIEW_LIFETIME = 1_000;

/** Brings everything in line with the account's records and containers. */
export class Reconciler {
  /** Resolves when a pass that began after this call has ended. */
  readonly reconcile = coalesce(() => this.#pass());
  #view: View = { members: [], rules: [], records: [] };
  #seen = 0;
  #reading: Promise<void> | undefined;

  /**
   * A view for an answer: what the last pass saw, or, a second later, what is there now. A change
   * of a role or a profile, after which nobody asks for a pass, is told within that second; on AWS
   * it takes longer.
   */
  async recentView(): Promise<View> {
    if (Date.now() - this.#seen < VIEW_LIFETIME) return this.#view;
    this.#reading ??= readView()
      .then(({ view }) => {
        this.#see(view);
      })
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
    return this.#view;
  }

  #see(view: View): void {
    this.#view = view;
    this.#seen = Date.now();
  }

  async #pass(): Promise<void> {
    const { view, ranges } = await readView();
    this.#see(view);
    await applyHopLimits(view);
    await applyFirewalls(view, (vpcId) => ranges.get(vpcId) ?? "0.0.0.0/0");
  }
}

async function readView(): Promise<{ view: View; ranges: Map<string, string> }> {
  const [records, containers, networks] = await Promise.all([listRecords(), listContainers(), listNetworks(token.vpc)]);
  const vpcs = new Map(networks.map((network) => [network.Name, network.Labels?.[label.id]]));
  const ranges = new Map(networks.map((network) => [network.Labels?.[label.id] ?? "", rangeOf(network)]));
  const view = viewOf(records, containers, internetNetworkName(), (network) => vpcs.get(network));
  return { view, ranges };
}

/**
 * Reconciles at each start, stop and connection of a container of the account, and when the record
 * of a security group's rule is removed by someone other than a provider, for as long as this
 * process lives.
 */
export async function watch(reconciler: Reconciler, account: string): Promise<void> {
  const stream = await docker.getEvents({
    filters: {
      type: ["container", "network", "volume"],
      event: ["start", "die", "connect", "disconnect", "destroy"],
    },
  });
  let rest = "";
  for await (const chunk of stream) {
    rest += chunk.toString();
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (!lines.some((line) => line.includes(account) && concernsRules(line))) continue;
    reconciler.reconcile().catch((error: unknown) => {
      console.error(error);
    });
  }
  throw new Error("the Docker engine ended its stream of events");
}

/**
 * Of the volumes only those that are rules matter, and they say so in their names; what is a record
 * to others changes often.
 */
function concernsRules(event: string): boolean {
  return !event.includes('"Type":"volume"') || event.includes("securitygroup");
}
