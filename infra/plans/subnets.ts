import { formatCidr, parseCidr, part } from "../config/cidr.ts";

/** One subnet as it is laid out. */
export interface SubnetPlan {
  /** Its name within the stack, as "public-a". */
  name: string;
  kind: "public" | "private";
  /** Number of its zone among the zones in use. */
  zone: number;
  cidr: string;
}

/** Two zones: what a load balancer and a database's subnet group ask for at least. */
const ZONES = 2;

/**
 * Lays the VPC's range out: a public and a private subnet in each zone, each a sixteenth of the range, the rest free for what comes later.
 *
 * Hosts stand in the public ones, each with its own address, as they fetch packages and call AWS's APIs; there is no NAT gateway, because one costs
 * more an hour than the addresses of the whole fleet. The private ones have no way out and hold the database.
 *
 * @throws RangeError when the range is none or too small.
 */
export function layOutSubnets(vpcCidr: string): SubnetPlan[] {
  const vpc = parseCidr(vpcCidr);
  if (!vpc) throw new RangeError(`${vpcCidr} is not an IPv4 range`);
  return (["public", "private"] as const).flatMap((kind, row) =>
    ["a", "b"].map((letter, zone) => ({
      name: `${kind}-${letter}`,
      kind,
      zone,
      cidr: formatCidr(part(vpc, 4, row * ZONES + zone)),
    })),
  );
}
