import { NETWORK } from "@gifticon/contract/facts/names.ts";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Access } from "../plans/access.ts";
import { labelList } from "../plans/fleet.ts";
import type { Host } from "./host.ts";
import type { ReachableHost } from "./host-fleet.ts";
import { SwarmNode } from "./swarm-node.ts";
import { remoteScript, result } from "./remote-script.ts";
import { detectDrift } from "../drift/drift.ts";
import type { SwarmTarget } from "./swarm-target.ts";

/** The Swarm: made on the first manager and joined by the others, with the overlay network that all stacks share. */
export class Swarm extends ComponentResource {
  readonly target: SwarmTarget;
  /** What a worker joins by; secret. */
  readonly joinToken: Output<string>;
  /** Name of the shared overlay network. */
  readonly network = NETWORK;

  constructor(
    name: string,
    args: {
      manager: Host;
      access: Access;
      otherManagers: ReachableHost[];
      overlayCidr: string;
      encrypted: boolean;
      rotation: number;
    },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Swarm", name, {}, options);
    const { manager, access, otherManagers } = args;
    const inside = { parent: this, deletedWith: manager.instance };
    const drift = detectDrift(access, manager.instance.id);
    const init = remoteScript(
      `${name}-init`,
      {
        access,
        script: "infra/scripts/manager/swarm-init.sh",
        values: {
          PRIVATE_IP: manager.instance.privateIp,
          OVERLAY_CIDR: args.overlayCidr,
          MANAGERS: [manager, ...otherManagers.map(({ host }) => host)].map(({ instance }) => instance.id),
          OTHERS: otherManagers.map(
            ({ host }) => interpolate`${host.plan.name} ${host.instance.privateIp} ${host.hostKey}`,
          ),
        },
        drift,
        runsFor: [],
      },
      inside,
    );
    const id = result(init);
    const rotate = remoteScript(
      `${name}-rotate`,
      { access, script: "infra/scripts/manager/swarm-rotate.sh", values: { ROTATION: args.rotation }, runsFor: [id] },
      inside,
    );
    const token = (resource: string, ROLE: "worker" | "manager") =>
      remoteScript(
        resource,
        {
          access,
          script: "infra/scripts/manager/swarm-token.sh",
          values: { SWARM_ID: id, ROLE },
          drift,
          // A token holds a digest of the authority too.
          runsFor: [id, result(rotate)],
          secret: "result",
        },
        inside,
      );
    const network = remoteScript(
      `${name}-network`,
      {
        access,
        script: "infra/scripts/manager/swarm-network.sh",
        values: { NETWORK: this.network, ENCRYPTED: args.encrypted },
        removes: true,
        drift,
        runsFor: [id],
      },
      inside,
    );
    // Its labels only: nothing is to run beside the control plane.
    const node = remoteScript(
      `${name}-manager`,
      {
        access,
        script: "infra/scripts/manager/swarm-node.sh",
        values: {
          HOST_NAME: manager.plan.name,
          NODE_ID: "self",
          LABELS: labelList(manager.plan),
          ROLE: "manager",
          AVAILABILITY: "drain",
          JOIN_KEY: "",
          JOIN_REPAIR: "",
          HOST_PUBLIC_KEY: "",
          IMAGES_KEY: "",
          IMAGES_REPAIR: "",
        },
        drift,
        runsFor: [id],
      },
      inside,
    );
    this.joinToken = result(token(`${name}-token`, "worker"));
    this.target = {
      // Handed on when the network is there, which every stack needs.
      id: network.id.apply(() => id),
      manager: access,
      managerInstance: manager.instance,
      managerAddress: manager.instance.privateIp,
      drift,
    };
    if (otherManagers.length > 0) {
      const joinToken = result(token(`${name}-manager-token`, "manager"));
      // Alone, the first manager is never another node of the same Swarm.
      let last: Resource = remoteScript(
        `${name}-manager-retire`,
        {
          access,
          script: "infra/scripts/manager/swarm-retire.sh",
          values: { HOST_NAME: manager.plan.name, NODE_ID: "self", HOST_PUBLIC_KEY: manager.hostKey },
          drift,
          removes: true,
          runsFor: [id],
        },
        { ...inside, dependsOn: node },
      );
      // One after the other, and so do they go: the managers have to agree on each of them.
      for (const { host, access } of otherManagers) {
        const other = { host, access, swarm: this.target, joinToken, after: [last] };
        last = new SwarmNode(host.plan.name, other, { parent: this }).retire([]);
      }
    }
    this.registerOutputs({ id });
  }
}
