import { z } from "zod";
import type { CloudPackage } from "../../provider/resource-type.ts";
import { privateKey } from "./private-key.ts";

/** Stands in for the `tls` plugin at the version of the SDK in package.json. */
export const tls: CloudPackage = {
  name: "tls",
  version: "5.6.1",
  configuration: z.strictObject({}),
  resources: [privateKey],
  functions: [],
};
