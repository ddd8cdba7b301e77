import type { Output, Resource } from "@pulumi/pulumi";
import type { Drift } from "../drift/drift.ts";
import type { Access } from "../plans/access.ts";

/** A Swarm and the access to its manager, for resources in the Swarm. */
export interface SwarmTarget {
  /**
   * Id of the Swarm. When it changes, as after the loss of all managers, everything is applied
   * again.
   */
  id: Output<string>;
  manager: Access;
  /**
   * The Swarm's component, for the option `deletedWith`: when it is deleted, the resources in the
   * Swarm are not deleted one by one. A refresh can remove an instance from the state, but never a
   * component, so a destroy never connects to hosts that are gone.
   */
  component: Resource;
  managerAddress: Output<string>;
  /** Drift of everything that the program applied to the Swarm. */
  drift: Drift;
}
