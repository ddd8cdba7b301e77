import { formatCidr, parseCidr, part } from "../config/cidr.ts";

/** A planned subnet. */
export interface SubnetPlan {
  /** Name in the stack, as "public-a". */
  name: string;
  kind: "public" | "private";
  /** Number of its zone among the used zones. */
  zone: number;
  cidr: string;
}

/** Load balancers and database subnet groups need two zones. */
const ZONES = 2;

/**
 * Divides the VPC's range: a public and a private subnet in each zone, each a sixteenth of the
 * range. The rest stays free.
 *
 * Hosts are in the public subnets with public addresses, as they fetch packages and call AWS's
 * APIs. There is no NAT gateway, because one costs more an hour than the addresses of the whole
 * fleet. The private subnets have no route out and hold the database.
 *
 * @throws RangeError when the range is invalid or too small.
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
