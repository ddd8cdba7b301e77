import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Access } from "./access.ts";
import { labelList } from "./fleet.ts";
import type { Host } from "./host.ts";
import { remoteScript, result } from "./remote-script.ts";
import { lookForRepairs, type Repairs } from "./repairs.ts";

/** Where stacks are deployed: a Swarm and the way to its manager. */
export interface SwarmTarget {
  /** Changes when the manager is replaced: then all that was in the Swarm is made again. */
  id: Output<string>;
  manager: Access;
  /** Deletions inside the Swarm are left out when this goes too: what they would tidy goes with it. */
  managerInstance: Resource;
  managerAddress: Output<string>;
  /** Of what is put into the Swarm. */
  repairs: Repairs;
}

/** The Swarm: made on the manager, with the overlay network that all stacks share. */
export class Swarm extends ComponentResource {
  readonly target: SwarmTarget;
  /** What a worker joins by; secret. */
  readonly joinToken: Output<string>;
  /** Name of the shared overlay network. */
  readonly network = "event";

  constructor(
    name: string,
    args: { manager: Host; access: Access; overlayCidr: string; encrypted: boolean },
    options?: ComponentResourceOptions,
  ) {
    super("gifticon-event:infra:Swarm", name, {}, options);
    const { manager, access } = args;
    const inside = { parent: this, deletedWith: manager.instance };
    const repairs = lookForRepairs(access);
    const init = remoteScript(
      `${name}-init`,
      {
        access,
        script: "infra/host/swarm-init.sh",
        values: { PRIVATE_IP: manager.instance.privateIp, OVERLAY_CIDR: args.overlayCidr },
        repairs,
        runsFor: [manager.instance.id],
      },
      inside,
    );
    const id = result(init);
    const token = remoteScript(
      `${name}-token`,
      { access, script: "infra/host/swarm-token.sh", values: { SWARM_ID: id }, runsFor: [id], secret: "result" },
      inside,
    );
    const network = remoteScript(
      `${name}-network`,
      {
        access,
        script: "infra/host/swarm-network.sh",
        values: { NETWORK: this.network, ENCRYPTED: args.encrypted },
        removes: true,
        repairs,
        runsFor: [id],
      },
      inside,
    );
    // Its labels only: nothing is to run beside the control plane.
    remoteScript(
      `${name}-manager`,
      {
        access,
        script: "infra/host/swarm-node.sh",
        values: {
          HOST_NAME: manager.plan.name,
          NODE_ID: "self",
          LABELS: labelList(manager.plan),
          AVAILABILITY: "drain",
          JOIN_KEY: "",
          JOIN_REPAIR: "",
        },
        repairs,
        runsFor: [id],
      },
      inside,
    );
    this.joinToken = result(token);
    this.target = {
      // Handed on when the network is there, which every stack needs.
      id: network.id.apply(() => id),
      manager: access,
      managerInstance: manager.instance,
      managerAddress: manager.instance.privateIp,
      repairs,
    };
    this.registerOutputs({ id });
  }
}
