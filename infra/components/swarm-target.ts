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
   * The Swarm as a whole. Nothing in it is deleted by itself when it is deleted. A refresh forgets
   * an instance that is gone, but no component, so a destroy never dials hosts that are gone.
   */
  whole: Resource;
  managerAddress: Output<string>;
  /** Drift of what the program applied to the Swarm. */
  drift: Drift;
}
