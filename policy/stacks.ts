import type { ComposeService } from "../stacks/compose.ts";
import type { PolicyPlan } from "./plan.ts";
import { composesOf, renderedOf } from "./rendered.ts";

/** A service of a stack. */
export interface DeclaredService {
  /** Stack and service, as "kafka/zookeeper". */
  subject: string;
  service: ComposeService;
}

/** Returns every service that a plan deploys on the Swarm. */
export function servicesOf({ resources }: PolicyPlan): DeclaredService[] {
  return Object.entries(composesOf(renderedOf(resources))).flatMap(([stack, { services }]) =>
    Object.entries(services).map(([name, service]) => ({ subject: `${stack}/${name}`, service })),
  );
}
