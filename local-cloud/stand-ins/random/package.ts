import { z } from "zod";
import type { CloudPackage } from "../../provider/resource-type.ts";
import { randomId, randomUuid } from "./random-id.ts";
import { randomPassword, randomString } from "./random-string.ts";

/** Stands in for the `random` plugin at the version of the SDK in package.json. */
export const random: CloudPackage = {
  name: "random",
  version: "4.21.2",
  configuration: z.strictObject({}),
  resources: [randomId, randomPassword, randomString, randomUuid],
  functions: [],
};
