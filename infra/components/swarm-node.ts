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
  /** Makes it a worker, or a manager. */
  joinToken: Output<string>;
  /** Images that the node may be asked to run, by digest; a manager runs nothing. */
  images?: Input<string>[];
  /** What it is to join after. */
  after?: Resource[];
}

/**
 * A host as a node of the Swarm: joined, labelled, and with its images pulled.
 *
 * A changed label is an update, and so is one that was changed by hand; a host that left the Swarm by hand joins again. When its host is replaced, the new node stands before the old one is
 * retired, and when it goes, it is retired first; both succeed though the old host is dead.
 */
export class SwarmNode extends ComponentResource {
  readonly nodeId: Output<string>;
  /** What a stack waits for: the node is ready, labelled, and has its images. */
  readonly ready: Resource[];
  readonly #name: string;
  readonly #args: SwarmNodeArgs;

  constructor(name: string, args: SwarmNodeArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Node", name, {}, options);
    this.#name = name;
    this.#args = args;
    const { host, access, swarm } = args;
    const { instance, plan } = host;
    const joinRepair = swarm.repairs(`${name}-join`);
    const imagesKey = args.images ? `${name}-images` : "";
    const imagesRepair = args.images ? swarm.repairs(imagesKey) : "";
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
        runsFor: [instance.id],
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
          runsFor: [instance.id, imagesRepair],
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
        repairs: swarm.repairs,
        removes: true,
        runsFor: [swarm.id, instance.id],
      },
      // It makes the node active: so its images are there first.
      { parent: this, dependsOn: pulled ?? [], deletedWith: swarm.managerInstance },
    );
    this.ready = [node];
    this.registerOutputs({ nodeId: this.nodeId });
  }

  /**
   * Has the Swarm take leave of what the host was before, once all that takes over stands; when the node itself goes, it is retired before anything of that is taken away.
   *
   * @param after what takes over besides the node.
   */
  retire(after: Resource[]): Resource {
    const { host, swarm } = this.#args;
    return remoteScript(
      `${this.#name}-retire`,
      {
        access: swarm.manager,
        script: "infra/scripts/manager/swarm-retire.sh",
        values: { HOST_NAME: this.#name, NODE_ID: this.nodeId, HOST_PUBLIC_KEY: host.hostKey },
        repairs: swarm.repairs,
        removes: true,
        runsFor: [swarm.id, host.instance.id],
      },
      { parent: this, dependsOn: [...this.ready, ...after], deletedWith: swarm.managerInstance },
    );
  }
}
