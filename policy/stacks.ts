import type { ComposeService } from "../stacks/compose.ts";
import type { PolicyPlan } from "./plan.ts";
import { composesOf, renderedOf } from "./rendered.ts";

/** One service of one stack. */
export interface DeclaredService {
  /** As "kafka/zookeeper". */
  subject: string;
  service: ComposeService;
}

/** Every service that the plan puts on the Swarm. */
export function servicesOf({ resources }: PolicyPlan): DeclaredService[] {
  return Object.entries(composesOf(renderedOf(resources))).flatMap(([stack, { services }]) =>
    Object.entries(services).map(([name, service]) => ({ subject: `${stack}/${name}`, service })),
  );
}
