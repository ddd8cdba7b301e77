import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Access } from "../plans/access.ts";
import { labelList } from "../plans/fleet.ts";
import type { Host } from "./host.ts";
import { remoteScript, result } from "./remote-script.ts";
import type { SwarmTarget } from "./swarm-target.ts";

/** A node of the Swarm beside its first manager. */
export interface SwarmNodeArgs {
  host: Host;
  access: Access;
  swarm: SwarmTarget;
  /** Token of its role: worker or manager. */
  joinToken: Output<string>;
  /** Images that the node may run, by digest. A manager runs none. */
  images?: Input<string>[];
  /** Resources that exist before the node joins. */
  after?: Resource[];
}

/**
 * A host as a node of the Swarm: joined, labelled, and with its images pulled.
 *
 * A changed label is an update, even when somebody changed it by hand. A host that somebody removed
 * from the Swarm by hand joins again. When the host is replaced, the old node is retired after the
 * new one is ready. When the node is deleted, it is retired first. Both work when the old host is
 * dead.
 */
export class SwarmNode extends ComponentResource {
  readonly nodeId: Output<string>;
  /**
   * Resources for which stacks wait. After them the node is ready, labelled, and has its images.
   */
  readonly ready: Resource[];
  readonly #name: string;
  readonly #args: SwarmNodeArgs;

  constructor(name: string, args: SwarmNodeArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Node", name, {}, options);
    this.#name = name;
    this.#args = args;
    const { host, access, swarm } = args;
    const { instance, plan } = host;
    const joinRepair = swarm.drift.repair(`${name}-join`);
    const imagesKey = args.images ? `${name}-images` : "";
    const imagesRepair = args.images ? swarm.drift.repair(imagesKey) : "";
    const join = remoteScript(
      `${name}-join`,
      {
        access,
        script: "infra/scripts/member/swarm-join.sh",
        values: {
          SWARM_ID: swarm.id,
          MANAGER_IP: swarm.managerAddress,
          PRIVATE_IP: instance.privateIp,
          JOIN_TOKEN: args.joinToken,
          REPAIR: joinRepair,
        },
        rerunOnChange: [instance.id],
        secret: "input",
      },
      { parent: this, dependsOn: args.after ?? [] },
    );
    this.nodeId = result(join);
    const pulled =
      args.images &&
      remoteScript(
        imagesKey,
        {
          access,
          script: "infra/scripts/member/pull-images.sh",
          values: { IMAGES: args.images },
          rerunOnChange: [instance.id, imagesRepair],
        },
        { parent: this },
      );
    const node = remoteScript(
      `${name}-node`,
      {
        access: swarm.manager,
        script: "infra/scripts/manager/swarm-node.sh",
        values: {
          HOST_NAME: name,
          NODE_ID: this.nodeId,
          LABELS: labelList(plan),
          ROLE: plan.role === "manager" ? "manager" : "worker",
          AVAILABILITY: plan.role === "manager" ? "drain" : "active",
          JOIN_KEY: `${name}-join`,
          JOIN_REPAIR: joinRepair,
          HOST_PUBLIC_KEY: host.hostKey,
          IMAGES_KEY: imagesKey,
          IMAGES_REPAIR: imagesRepair,
        },
        drift: swarm.drift,
        removes: true,
        rerunOnChange: [swarm.id, instance.id],
      },
      // The script activates the node, so its images are pulled first.
      { parent: this, dependsOn: pulled ?? [], deletedWith: swarm.component },
    );
    this.ready = [node];
    this.registerOutputs({ nodeId: this.nodeId });
  }

  /**
   * Removes the host's previous nodes from the Swarm after their replacements are healthy. When the
   * node itself is deleted, it is removed before its replacements.
   *
   * @param after the replacements besides the node.
   */
  retire(after: Resource[]): Resource {
    const { host, swarm } = this.#args;
    return remoteScript(
      `${this.#name}-retire`,
      {
        access: swarm.manager,
        script: "infra/scripts/manager/swarm-retire.sh",
        values: { HOST_NAME: this.#name, NODE_ID: this.nodeId, HOST_PUBLIC_KEY: host.hostKey },
        drift: swarm.drift,
        removes: true,
        rerunOnChange: [swarm.id, host.instance.id],
      },
      { parent: this, dependsOn: [...this.ready, ...after], deletedWith: swarm.component },
    );
  }
}
