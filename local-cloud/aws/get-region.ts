import { z } from "zod";
import { region } from "../engine/account.ts";
import type { FunctionType } from "../provider/resource-type.ts";
import { refused, regionInput } from "./inputs.ts";

const inputs = z.strictObject({
  region: regionInput,
  name: refused("it is deprecated; set region"),
  endpoint: refused("it has no regional endpoints"),
  id: z.string().optional(),
});

/** The function that returns the provider's region. */
export const getRegion: FunctionType<z.infer<typeof inputs>> = {
  token: "aws:index/getRegion:getRegion",
  inputs,
  invoke: () =>
    Promise.resolve({
      id: region(),
      name: region(),
      region: region(),
      description: `local-cloud (${region()})`,
      endpoint: `ec2.${region()}.amazonaws.com`,
    }),
};
