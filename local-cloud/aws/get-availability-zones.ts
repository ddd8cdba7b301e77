import { z } from "zod";
import { region } from "../engine/account.ts";
import type { FunctionType } from "../provider/resource-type.ts";
import { availabilityZones } from "./ec2/zones.ts";
import { defined, refused, regionInput } from "./inputs.ts";

const inputs = z.strictObject({
  state: z.enum(["available", "information", "impaired", "unavailable"]).optional(),
  excludeNames: z.array(z.string()).optional(),
  excludeZoneIds: z.array(z.string()).optional(),
  allAvailabilityZones: z.boolean().optional(),
  filters: refused("set state, excludeNames or excludeZoneIds"),
  region: regionInput,
});

/** The function that lists the region's zones. All of them are available. */
export const getAvailabilityZones: FunctionType<z.infer<typeof inputs>> = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  inputs,
  invoke: (given) => {
    const zones = availabilityZones().filter(
      ({ name, id }) =>
        (given.state ?? "available") === "available" &&
        given.excludeNames?.includes(name) !== true &&
        given.excludeZoneIds?.includes(id) !== true,
    );
    return Promise.resolve({
      ...defined(given),
      id: region(),
      region: region(),
      names: zones.map(({ name }) => name),
      zoneIds: zones.map(({ id }) => id),
      groupNames: zones.length === 0 ? [] : [`${region()}-zg-1`],
    });
  },
};
