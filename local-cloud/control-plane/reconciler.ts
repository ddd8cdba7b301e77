import { docker } from "../engine/docker.ts";
import { label } from "../engine/account.ts";
import { coalesce } from "../engine/coalesce.ts";
import { listContainers } from "../engine/containers.ts";
import { internetNetworkName, listNetworks, rangeOf } from "../engine/networks.ts";
import { listRecords } from "../engine/records.ts";
import { token } from "../aws/ec2/tokens.ts";
import { applyFirewalls } from "./firewall.ts";
import { applyHopLimits } from "./hop-limits.ts";
import { keepPoweredOff } from "./power.ts";
import { viewOf, type View } from "./view.ts";

/** Milliseconds for which a view may be used to answer requests. */
const VIEW_LIFETIME = 1_000;

/** Applies the account's records and containers: security groups and hop limits. */
export class Reconciler {
  /** Runs a pass, and resolves when a pass that began after this call has ended. */
  readonly reconcile = coalesce(() => this.#pass());
  #view: View = { members: [], rules: [], records: [] };
  #viewReadAt = 0;
  #reading: Promise<void> | undefined;

  /**
   * Returns a view that is at most a second old. The provider doesn't ask for a pass after a change
   * of a role or a profile, so such a change is visible within that second. On AWS it takes longer.
   */
  async recentView(): Promise<View> {
    if (Date.now() - this.#viewReadAt < VIEW_LIFETIME) return this.#view;
    this.#reading ??= readView()
      .then(({ view }) => {
        this.#setView(view);
      })
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
    return this.#view;
  }

  #setView(view: View): void {
    this.#view = view;
    this.#viewReadAt = Date.now();
  }

  async #pass(): Promise<void> {
    const { view, ranges } = await readView();
    this.#setView(view);
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
 * Reconciles after each start, stop and connection of a container of the account, for as long as
 * this process lives. It also reconciles when something other than a provider removes the record of
 * a security group's rule.
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
    const own = lines.filter((line) => line.includes(account));
    for (const line of own) keepPoweredOff(line).catch(report);
    if (!own.some(concernsRules)) continue;
    reconciler.reconcile().catch(report);
  }
  throw new Error("the Docker engine ended its stream of events");
}

/**
 * Returns true for an event that can change a rule. A volume matters only if it is the record of a
 * security group's rule, which its name says. Other records change often.
 */
function concernsRules(event: string): boolean {
  return !event.includes('"Type":"volume"') || event.includes("securitygroup");
}

function report(error: unknown): void {
  console.error(error);
}
