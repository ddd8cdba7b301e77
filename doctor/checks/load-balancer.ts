import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { ADVICE } from "../advice.ts";
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
        next: ADVICE.openEntrance(),
      },
    ];
  }
  const ready = tasksOf(hosts).some(({ service, ready }) => service === SWARM_SERVICES.api && ready?.ok === true);
  return [
    {
      kind: ready ? undefined : "entrance",
      what: `${apiUrl} answers ${loadBalancer} from here`,
      next: ready ? ADVICE.upRefreshed(up) : ADVICE.seeLines(),
    },
  ];
}
