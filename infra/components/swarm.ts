import type { remote } from "@pulumi/command";
import { NETWORK } from "@gifticon/contract/facts/names.ts";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Settings } from "../config/config.ts";
import { labelList } from "../plans/fleet.ts";
import type { Host } from "./host.ts";
import type { ReachableHost } from "./host-fleet.ts";
import { SwarmNode } from "./swarm-node.ts";
import { remoteScript, result, type RemoteScriptArgs } from "./remote-script.ts";
import { detectDrift, type Drift } from "../drift/drift.ts";
import type { SwarmTarget } from "./swarm-target.ts";

/** Arguments of the Swarm. */
export interface SwarmArgs {
  /** The first manager. */
  manager: ReachableHost;
  otherManagers: ReachableHost[];
  /** Range of the overlay networks. */
  overlayCidr: string;
  settings: Settings["swarm"];
}

/**
 * The Swarm: created on the first manager, joined by the other managers, with the overlay network
 * of all stacks.
 */
export class Swarm extends ComponentResource {
  readonly target: SwarmTarget;
  /** Join token of workers. Secret. */
  readonly joinToken: Output<string>;
  /** Name of the shared overlay network. */
  readonly network = NETWORK;
  readonly #name: string;
  readonly #args: SwarmArgs;
  readonly #drift: Drift;

  constructor(name: string, args: SwarmArgs, options?: ComponentResourceOptions) {
    super("gifticon-event:infra:Swarm", name, {}, options);
    this.#name = name;
    this.#args = args;
    const { host: manager, access } = args.manager;
    this.#drift = detectDrift(access, manager.instance.id);
    const id = this.#initialise();
    const rotation = this.#rotate(id);
    const network = this.#createNetwork(id);
    const node = this.#declareManager(id);
    this.joinToken = this.#readToken("token", "worker", id, rotation);
    this.target = {
      // Every stack needs the network, so the id resolves after it.
      id: network.id.apply(() => id),
      manager: access,
      component: this,
      managerAddress: manager.instance.privateIp,
      drift: this.#drift,
    };
    if (args.otherManagers.length > 0) {
      const joinToken = this.#readToken("manager-token", "manager", id, rotation);
      this.#joinOtherManagers(joinToken, this.#retireFormerManager(id, node));
    }
    this.registerOutputs({ id });
  }

  /**
   * Creates the Swarm on the first manager, or joins the Swarm of the other managers. Returns its
   * id.
   */
  #initialise(): Output<string> {
    const { otherManagers, overlayCidr } = this.#args;
    const manager = this.#manager;
    const init = this.#script("init", {
      script: "infra/scripts/manager/swarm-init.sh",
      values: {
        PRIVATE_IP: manager.instance.privateIp,
        OVERLAY_CIDR: overlayCidr,
        MANAGERS: [manager, ...otherManagers.map(({ host }) => host)].map(({ instance }) => instance.id),
        OTHERS: otherManagers.map(
          ({ host }) => interpolate`${host.plan.name} ${host.instance.privateIp} ${host.hostKey}`,
        ),
      },
      drift: this.#drift,
      rerunOnChange: [],
    });
    return result(init);
  }

  /** Rotates join tokens and certificates. Returns the rotation that the Swarm has. */
  #rotate(id: Output<string>): Output<string> {
    const rotate = this.#script("rotate", {
      script: "infra/scripts/manager/swarm-rotate.sh",
      values: { ROTATION: this.#args.settings.rotation },
      rerunOnChange: [id],
    });
    return result(rotate);
  }

  /**
   * Reads a join token. It changes with a rotation of the tokens, and with one of the certificates,
   * because it contains their digest.
   */
  #readToken(name: string, ROLE: "worker" | "manager", id: Output<string>, rotation: Output<string>): Output<string> {
    const token = this.#script(name, {
      script: "infra/scripts/manager/swarm-token.sh",
      values: { SWARM_ID: id, ROLE },
      drift: this.#drift,
      rerunOnChange: [id, rotation],
      secret: "result",
    });
    return result(token);
  }

  #createNetwork(id: Output<string>): remote.Command {
    return this.#script("network", {
      script: "infra/scripts/manager/swarm-network.sh",
      values: { NETWORK: this.network, ENCRYPTED: this.#args.settings.encryptedOverlay },
      removes: true,
      drift: this.#drift,
      rerunOnChange: [id],
    });
  }

  /** Declares the first manager's node: its labels, and that it runs no task. */
  #declareManager(id: Output<string>): Resource {
    const { plan } = this.#manager;
    return this.#script("manager", {
      script: "infra/scripts/manager/swarm-node.sh",
      values: {
        HOST_NAME: plan.name,
        NODE_ID: "self",
        LABELS: labelList(plan),
        ROLE: "manager",
        AVAILABILITY: "drain",
        JOIN_KEY: "",
        JOIN_REPAIR: "",
        HOST_PUBLIC_KEY: "",
        IMAGES_KEY: "",
        IMAGES_REPAIR: "",
      },
      drift: this.#drift,
      rerunOnChange: [id],
    });
  }

  /** Removes the first manager's previous node. Only a Swarm with several managers can have one. */
  #retireFormerManager(id: Output<string>, node: Resource): Resource {
    const manager = this.#manager;
    return this.#script(
      "manager-retire",
      {
        script: "infra/scripts/manager/swarm-retire.sh",
        values: { HOST_NAME: manager.plan.name, NODE_ID: "self", HOST_PUBLIC_KEY: manager.hostKey },
        drift: this.#drift,
        removes: true,
        rerunOnChange: [id],
      },
      { dependsOn: node },
    );
  }

  /**
   * Joins the other managers one after the other, because the managers have to agree on each
   * change.
   */
  #joinOtherManagers(joinToken: Output<string>, after: Resource): void {
    let last = after;
    for (const { host, access } of this.#args.otherManagers) {
      const node = { host, access, swarm: this.target, joinToken, after: [last] };
      last = new SwarmNode(host.plan.name, node, { parent: this }).retire([]);
    }
  }

  /** Host of the first manager. */
  get #manager(): Host {
    return this.#args.manager.host;
  }

  /** Runs a script on the first manager. */
  #script(name: string, args: Omit<RemoteScriptArgs, "access">, options: CustomResourceOptions = {}): remote.Command {
    const { access } = this.#args.manager;
    const inside = { parent: this, deletedWith: this };
    return remoteScript(`${this.#name}-${name}`, { access, ...args }, { ...inside, ...options });
  }
}
