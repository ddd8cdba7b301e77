import { z } from "zod";
import { region } from "../../engine/account.ts";
import type { FunctionType } from "../../provider/resource-type.ts";
import { ApiError } from "../api-error.ts";
import { defined, regionInput } from "../inputs.ts";
import { instanceTypes, offersType } from "./instance-types.ts";
import { availabilityZones } from "./zones.ts";

const inputs = z.strictObject({
  locationType: z.enum(["region", "availability-zone", "availability-zone-id"]).default("region"),
  filters: z
    .array(
      z.strictObject({
        name: z.enum(["instance-type", "location"], { error: "must be instance-type or location" }),
        values: z.array(z.string()).min(1),
      }),
    )
    .optional(),
  region: regionInput,
});
type OfferingsInputs = z.infer<typeof inputs>;

/** The function that lists which instance types a region, or each of its zones, offers. */
export const getInstanceTypeOfferings: FunctionType<OfferingsInputs> = {
  token: "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings",
  inputs,
  invoke: (given) => {
    const found = offerings(given);
    if (found.length === 0) throw new ApiError("NotFound", "no EC2 instance type offerings match the filters");
    return Promise.resolve({
      ...defined(given),
      id: region(),
      region: region(),
      instanceTypes: found.map(({ type }) => type),
      locations: found.map(({ location }) => location),
      locationTypes: found.map(() => given.locationType),
    });
  },
};

function offerings({ locationType, filters = [] }: OfferingsInputs): { type: string; location: string }[] {
  const places = availabilityZones().map((zone) => ({
    zone,
    location: { region: region(), "availability-zone": zone.name, "availability-zone-id": zone.id }[locationType],
  }));
  return [...instanceTypes.keys()].flatMap((type) => {
    const locations = places.filter(({ zone }) => offersType(zone, type)).map(({ location }) => location);
    return [...new Set(locations)]
      .filter((location) => filters.every(({ name, values }) => values.includes(name === "location" ? location : type)))
      .map((location) => ({ type, location }));
  });
}
