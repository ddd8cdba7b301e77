import type { Finding } from "../finding.ts";
import type { Sight } from "../sight.ts";

/** Whether the API answers where its users ask. */
export function checkLoadBalancer(apiUrl: string, { entrance }: Pick<Sight, "entrance">): Finding[] {
  if (entrance === 200) return [];
  const answer = typeof entrance === "number" ? `answers ${entrance}` : `doesn't answer (${entrance})`;
  return [
    {
      what: `${apiUrl} ${answer} from here`,
      next: "is your address among entrance.cidrs? The load balancer's target group tells which workers it finds unhealthy",
    },
  ];
}
