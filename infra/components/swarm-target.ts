import type { Output, Resource } from "@pulumi/pulumi";
import type { Drift } from "../drift/drift.ts";
import type { Access } from "../plans/access.ts";

/** A Swarm and the access to its manager, for what is applied to it. */
export interface SwarmTarget {
  /**
   * Id of the Swarm. A new Swarm, as after the loss of all managers, has everything applied again.
   */
  id: Output<string>;
  manager: Access;
  /**
   * Instance of the first manager. Nothing in the Swarm is deleted by itself when it is deleted.
   */
  managerInstance: Resource;
  managerAddress: Output<string>;
  /** Drift of what the program applied to the Swarm. */
  drift: Drift;
}
