import type { Output, Resource } from "@pulumi/pulumi";
import type { Repairs } from "../drift/repairs.ts";
import type { Access } from "../plans/access.ts";

/** Where stacks are deployed: a Swarm and the way to its manager. */
export interface SwarmTarget {
  /** Changes when the Swarm is another one, as when its only manager is replaced: then all that was in it is made again. */
  id: Output<string>;
  manager: Access;
  /** Deletions inside the Swarm are left out when this goes too: what they would tidy goes with it. */
  managerInstance: Resource;
  managerAddress: Output<string>;
  /** Of what is put into the Swarm. */
  repairs: Repairs;
}
