import type { HostPlan } from "./fleet.ts";

/**
 * The instance type by which zones are chosen. It depends on no setting, so that another type of a
 * host never moves the subnets of a running stack, which would replace everything in them.
 */
export const CHOOSING_TYPE = "t3.micro";

/** An instance type that EC2 offers in a zone. */
export interface Offering {
  instanceType: string;
  zone: string;
}

/** Input of a choice of zones. */
export interface ZoneNeeds {
  /** Names of the region's zones. */
  names: readonly string[];
  offerings: readonly Offering[];
  /** The setting `network.zones`. */
  wanted: readonly string[] | undefined;
  hosts: readonly Pick<HostPlan, "name" | "zone" | "instanceType">[];
}

/**
 * Returns the two zones of the environment: those of the setting, or the first two that offer
 * CHOOSING_TYPE. Local and Wavelength Zones ("us-west-2-lax-1a") are left out, as they lack RDS.
 *
 * @throws RangeError when there are too few zones, or when a zone does not offer the instance type
 * of a host that is placed in it. The message names the zones that may be set.
 */
export function chooseZones({ names, offerings, wanted, hosts }: ZoneNeeds): [string, string] {
  const ordinary = names.filter((zone) => /^[a-z]+(-[a-z]+)+-\d[a-z]$/.test(zone));
  const offers = (zone: string, type: string) =>
    offerings.some((one) => one.zone === zone && one.instanceType === type);
  const offerAll = ordinary.filter((zone) => hosts.every(({ instanceType }) => offers(zone, instanceType)));
  const help =
    offerAll.length < 2
      ? "choose other instance types or another aws:region"
      : `set gifticon-event:network.zones to two of ${offerAll.join(", ")} before the first up, or choose another instance type`;

  const unknown = wanted?.find((zone) => !ordinary.includes(zone));
  if (unknown !== undefined)
    throw new RangeError(`gifticon-event:network.zones has ${unknown}, allowed are two of ${ordinary.join(", ")}`);
  const [first, second] = wanted ?? ordinary.filter((zone) => offers(zone, CHOOSING_TYPE));
  if (first === undefined || second === undefined)
    throw new RangeError(
      `fewer than two zones of the region offer ${CHOOSING_TYPE}, by which zones are chosen: ${help}`,
    );
  const zones: [string, string] = [first, second];
  for (const { name, zone, instanceType } of hosts) {
    const place = zones[zone] ?? "";
    if (!offers(place, instanceType))
      throw new RangeError(`zone ${place} does not offer ${instanceType}, the instance type of host ${name}: ${help}`);
  }
  return zones;
}
