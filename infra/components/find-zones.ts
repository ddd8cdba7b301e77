import { ec2, getAvailabilityZones } from "@pulumi/aws";
import { RunError } from "@pulumi/pulumi";
import type { Settings } from "../config/config.ts";
import { usedHosts } from "../plans/fleet.ts";
import { CHOOSING_TYPE, chooseZones } from "../plans/zones.ts";

/**
 * Asks EC2 which zones offer the instance types of the hosts, and returns the two zones of the
 * environment.
 *
 * @throws RunError when no two zones offer them, or when those of `network.zones` don't.
 */
export async function findZones(settings: Settings): Promise<[string, string]> {
  const hosts = usedHosts(settings);
  const types = [...new Set([CHOOSING_TYPE, ...hosts.map(({ instanceType }) => instanceType)])];
  const [{ names }, { instanceTypes, locations }] = await Promise.all([
    getAvailabilityZones({ state: "available" }),
    ec2.getInstanceTypeOfferings({
      locationType: "availability-zone",
      filters: [{ name: "instance-type", values: types }],
    }),
  ]);
  const offerings = instanceTypes.map((instanceType, index) => ({ instanceType, zone: locations[index] ?? "" }));
  try {
    return chooseZones({ names, offerings, wanted: settings.network.zones, hosts });
  } catch (error) {
    if (error instanceof RangeError) throw new RunError(error.message);
    throw error;
  }
}
