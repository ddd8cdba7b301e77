import { all, ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { accessThrough, directAccess, HOST_USER, type Access, type Endpoint } from "../plans/access.ts";
import type { Settings } from "../config/config.ts";
import { imagesOfGenerator, imagesOfWorkers, type Images } from "./build-images.ts";
import type { Firewall } from "./firewall.ts";
import { planFleet, type HostPlan } from "../plans/fleet.ts";
import { groupsOfRole } from "../plans/flows.ts";
import { Host, type HostArgs } from "./host.ts";
import type { Image } from "./image.ts";
import { Keys } from "./keys.ts";
import { remoteScript } from "./remote-script.ts";
import type { Load, Queue } from "./variants.ts";

/** Arguments of the hosts. */
export interface HostFleetArgs {
  settings: Settings;
  region: Input<string>;
  /** Public subnets, by zone. */
  subnetIds: Input<string>[];
  firewall: Firewall;
  images: Images;
}

/** A host and the way to reach it. */
export interface ReachableHost {
  host: Host;
  access: Access;
  /** Images that run on it. No image runs on a manager. */
  images: Image[];
}

/** Arguments that only managers have. */
type ManagerPart = Pick<HostArgs, "leaveKeyParameter" | "admits">;

/**
 * All hosts: managers, workers, in mode kafka Kafka's host, and the load generator if there is one.
 */
export class HostFleet extends ComponentResource {
  /** The first manager. */
  readonly manager: ReachableHost;
  readonly otherManagers: ReachableHost[];
  readonly workers: ReachableHost[];
  readonly queue: Queue<ReachableHost>;
  readonly load: Load<ReachableHost>;
  readonly #args: HostFleetArgs;
  readonly #keys: Keys;

  constructor(name: string, args: HostFleetArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Hosts", name, {}, options);
    this.#args = args;
    this.#keys = new Keys("keys", { parent: this });
    const { queue, load } = args.images;
    const fleet = planFleet(args.settings);

    const manager = this.#host(fleet.manager, [], { leaveKeyParameter: this.#keys.leaveKeyParameter });
    const entry = this.#endpoint(manager, manager.publicIp);
    const behindManager = (plan: HostPlan, images: Image[], part?: ManagerPart): ReachableHost => {
      const host = this.#host(plan, images, part);
      return { host, access: accessThrough(entry, this.#endpoint(host, this.#reachable(host, entry))), images };
    };
    this.manager = { host: manager, access: directAccess(entry), images: [] };
    this.otherManagers = fleet.otherManagers.map((plan) => behindManager(plan, [], { admits: true }));
    this.workers = fleet.workers.map((plan) => behindManager(plan, imagesOfWorkers(args.images)));
    this.queue = queue.mode === "direct" ? queue : { ...queue, ...behindManager(fleet.kafka, [queue.kafka]) };
    this.load =
      load.kind === "off" ? load : { ...load, ...behindManager(fleet.loadGenerator, imagesOfGenerator(load)) };
    for (const host of this.all) this.#admitOperators(host);
    this.registerOutputs({ managerPublicIp: manager.publicIp });
  }

  /** Every host, the managers first. */
  get all(): ReachableHost[] {
    return [this.manager, ...this.otherManagers, ...this.workers, ...this.dedicated];
  }

  /** Hosts with a single purpose: Kafka's and the load generator's. */
  get dedicated(): ReachableHost[] {
    return [...(this.queue.mode === "kafka" ? [this.queue] : []), ...(this.load.kind === "off" ? [] : [this.load])];
  }

  /** @param images images that the host may pull. */
  #host(plan: HostPlan, images: Image[], part: ManagerPart = {}): Host {
    const { settings, region, subnetIds, firewall } = this.#args;
    const keys = this.#keys;
    return new Host(
      plan.name,
      {
        plan,
        shared: {
          region,
          ami: settings.hosts.ami,
          subnetIds,
          keyName: keys.keyName,
          sessionManager: settings.operators.sessionManager,
          after: firewall.rules,
        },
        securityGroupIds: groupsOfRole(plan.role).map((group) => firewall.groupId(group)),
        registry: this.#args.images.registry,
        repositoryArns: images.map(({ repositoryArn }) => repositoryArn),
        leavePublicKey: keys.leavePublicKey,
        ...part,
      },
      { parent: this },
    );
  }

  /** Returns the private address of a host, once the first manager sees the host's SSH key. */
  #reachable(host: Host, manager: Endpoint): Output<string> {
    const { plan, instance, hostKey } = host;
    const shown = remoteScript(
      `${plan.name}-ssh`,
      {
        access: directAccess(manager),
        script: "infra/scripts/manager/await-host-key.sh",
        values: { HOST_NAME: plan.name, HOST_ADDRESS: instance.privateIp, HOST_PUBLIC_KEY: hostKey },
        rerunOnChange: [instance.id],
      },
      { parent: host, deletedWith: host },
    );
    return all([instance.privateIp, shown.id]).apply(([address]) => address);
  }

  #endpoint(host: Host, address: Output<string>): Endpoint {
    return { address, hostKey: host.hostKey, privateKey: this.#keys.privateKey };
  }

  #admitOperators({ host, access }: ReachableHost): void {
    const keys = this.#args.settings.operators.sshPublicKeys;
    if (keys.length === 0) return;
    remoteScript(
      `${host.plan.name}-operators`,
      {
        access,
        script: "infra/scripts/member/operator-keys.sh",
        values: { USER_NAME: HOST_USER, KEYS: keys },
        removes: true,
        rerunOnChange: [host.instance.id],
      },
      { parent: host, deletedWith: host },
    );
  }
}
