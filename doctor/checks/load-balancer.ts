import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import type { Finding } from "../finding.ts";
import { type Observation, tasksOf } from "../observation.ts";

/**
 * Checks that the API answers through the load balancer, as its users reach it.
 *
 * @param up the command that updates the environment.
 */
export function checkLoadBalancer(
  apiUrl: string,
  { loadBalancer, hosts }: Pick<Observation, "loadBalancer" | "hosts">,
  up: string,
): Finding[] {
  if (loadBalancer === 200) return [];
  if (typeof loadBalancer === "string") {
    return [
      {
        what: `${apiUrl} doesn't answer (${loadBalancer}) from here`,
        next: "is your address among entrance.cidrs? The load balancer's target group shows its unhealthy workers",
      },
    ];
  }
  const ready = tasksOf(hosts).some(({ service, ready }) => service === SWARM_SERVICES.api && ready?.ok === true);
  return [
    {
      what: `${apiUrl} answers ${loadBalancer} from here`,
      next: ready
        ? `replicas of the API are ready but not reached: ${up} with --refresh restores what was changed between them and the load balancer`
        : "no replica of the API is ready: the lines above give the cause",
    },
  ];
}
