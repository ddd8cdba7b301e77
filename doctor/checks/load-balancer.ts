import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Finding } from "../finding.ts";
import { type Sight, tasksOf } from "../sight.ts";

/**
 * Checks that the API answers where its users ask.
 *
 * @param up the command of an up.
 */
export function checkLoadBalancer(
  apiUrl: string,
  { entrance, hosts }: Pick<Sight, "entrance" | "hosts">,
  up: string,
): Finding[] {
  if (entrance === 200) return [];
  if (typeof entrance === "string") {
    return [
      {
        what: `${apiUrl} doesn't answer (${entrance}) from here`,
        next: "is your address among entrance.cidrs? The load balancer's target group tells which workers it finds unhealthy",
      },
    ];
  }
  const serves = tasksOf(hosts).some(({ service, ready }) => service === SWARM_SERVICES.api && ready?.ok === true);
  return [
    {
      what: `${apiUrl} answers ${entrance} from here`,
      next: serves
        ? `copies of the API are ready, but not reached: ${up} with --refresh puts back what was changed between them and the load balancer`
        : "no copy of the API is ready: the lines above tell why",
    },
  ];
}
