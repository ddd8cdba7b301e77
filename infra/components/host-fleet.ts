import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { direct, HOST_USER, through, type Access, type Endpoint } from "../plans/access.ts";
import type { Settings } from "../config/config.ts";
import type { Firewall } from "./firewall.ts";
import { planFleet, type Fleet, type HostPlan } from "../plans/fleet.ts";
import { groupsOfRole } from "../plans/flows.ts";
import { Host, type HostArgs } from "./host.ts";
import { Keys } from "./keys.ts";
import { remoteScript } from "./remote-script.ts";

/** Arguments of the hosts. */
export interface HostFleetArgs {
  settings: Settings;
  region: Input<string>;
  /** Public subnets, by zone. */
  subnetIds: Input<string>[];
  firewall: Firewall;
  /** Host name of the registry. */
  registry: Input<string>;
  repositoryArns: { services: Input<string>[]; kafka: Input<string>[]; loadGenerator: Input<string>[] };
}

/** A host and the way to reach it. */
export interface ReachableHost {
  host: Host;
  access: Access;
}

/**
 * All hosts: managers, workers, in mode kafka Kafka's host, and the load generator if there is one.
 */
export class HostFleet extends ComponentResource {
  /** The first manager. */
  readonly manager: ReachableHost;
  readonly otherManagers: ReachableHost[];
  readonly workers: ReachableHost[];
  readonly kafka: ReachableHost | undefined;
  readonly loadGenerator: ReachableHost | undefined;
  readonly #args: HostFleetArgs;
  readonly #keys: Keys;

  constructor(name: string, args: HostFleetArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Hosts", name, {}, options);
    this.#args = args;
    this.#keys = new Keys("keys", { parent: this });
    const fleet: Fleet = planFleet(args.settings);

    const manager = this.#host(fleet.manager, [], { leaveKeyParameter: this.#keys.leaveKeyParameter });
    const entry = this.#endpoint(manager, manager.instance.publicIp);
    const inside = (host: Host): ReachableHost => {
      const access = through(entry, this.#endpoint(host, host.instance.privateIp));
      this.#admitOperators(host, access);
      return { host, access };
    };
    this.manager = { host: manager, access: direct(entry) };
    this.#admitOperators(manager, this.manager.access);
    this.otherManagers = fleet.otherManagers.map((plan) => inside(this.#host(plan, [], { admits: true })));
    this.workers = fleet.workers.map((plan) => inside(this.#host(plan, args.repositoryArns.services)));
    this.kafka = fleet.kafka && inside(this.#host(fleet.kafka, args.repositoryArns.kafka));
    this.loadGenerator =
      fleet.loadGenerator && inside(this.#host(fleet.loadGenerator, args.repositoryArns.loadGenerator));
    this.registerOutputs({ managerPublicIp: manager.instance.publicIp });
  }

  /** @param repositoryArns repositories that the host may pull from. */
  #host(
    plan: HostPlan,
    repositoryArns: Input<string>[],
    part: Pick<HostArgs, "leaveKeyParameter" | "admits"> = {},
  ): Host {
    const { settings, region, subnetIds, firewall, registry } = this.#args;
    const keys = this.#keys;
    return new Host(
      plan.name,
      {
        plan,
        surroundings: {
          region,
          ami: settings.hosts.ami,
          subnetIds,
          keyName: keys.keyName,
          sessionManager: settings.operators.sessionManager,
          after: firewall.rules,
        },
        securityGroupIds: groupsOfRole(plan.role).map((group) => firewall.groupId(group)),
        registry,
        repositoryArns,
        leavePublicKey: keys.leavePublicKey,
        ...part,
      },
      { parent: this },
    );
  }

  /** Every host, the managers first. */
  get all(): ReachableHost[] {
    return [this.manager, ...this.otherManagers, ...this.workers, this.kafka, this.loadGenerator].filter(
      (host) => host !== undefined,
    );
  }

  #endpoint(host: Host, address: Output<string>): Endpoint {
    return { address, hostKey: host.hostKey, privateKey: this.#keys.privateKey };
  }

  #admitOperators(host: Host, access: Access): void {
    const keys = this.#args.settings.operators.sshPublicKeys;
    if (keys.length === 0) return;
    remoteScript(
      `${host.plan.name}-operators`,
      {
        access,
        script: "infra/scripts/member/operator-keys.sh",
        values: { USER_NAME: HOST_USER, KEYS: keys },
        removes: true,
        runsFor: [host.instance.id],
      },
      { parent: host, deletedWith: host.instance },
    );
  }
}
