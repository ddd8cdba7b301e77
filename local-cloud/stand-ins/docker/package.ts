import { z } from "zod";
import type { CloudPackage } from "../../provider/resource-type.ts";
import { image } from "./image.ts";

/** Stands in for the `docker` plugin at the version of the SDK in package.json. */
export const docker: CloudPackage = {
  name: "docker",
  version: "5.2.0",
  configuration: z.strictObject({}),
  resources: [image],
  functions: [],
};
