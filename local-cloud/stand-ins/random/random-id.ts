import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Properties, ResourceType } from "../../provider/resource-type.ts";

const keepers = z.record(z.string(), z.string()).optional();

const idInputs = z.strictObject({
  byteLength: z.number().int().min(1, "must be 1 or more"),
  prefix: z.string().optional(),
  keepers,
});

/** Random bytes as text. Each format but the id has the prefix. */
export const randomId: ResourceType<z.infer<typeof idInputs>> = {
  token: "random:index/randomId:RandomId",
  inputs: idInputs,
  replaceOn: ["byteLength", "prefix", "keepers"],
  create: (inputs) => {
    const bytes = randomBytes(inputs.byteLength);
    return Promise.resolve({
      id: bytes.toString("base64url"),
      outputs: { ...(inputs as Properties), ...formsOf(bytes, inputs.prefix ?? "") },
    });
  },
  read: (_id, state) => Promise.resolve({ outputs: state }),
  delete: () => Promise.resolve(),
};

/** Formats bytes as the outputs of a RandomId. */
export function formsOf(bytes: Buffer, prefix: string): Record<"b64Std" | "b64Url" | "dec" | "hex", string> {
  return {
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
    hex: prefix + bytes.toString("hex"),
  };
}

const uuidInputs = z.strictObject({ keepers });

/** A random (version 4) UUID. */
export const randomUuid: ResourceType<z.infer<typeof uuidInputs>> = {
  token: "random:index/randomUuid:RandomUuid",
  inputs: uuidInputs,
  replaceOn: ["keepers"],
  create: (inputs) => {
    const result = randomUUID();
    return Promise.resolve({ id: result, outputs: { ...(inputs as Properties), result } });
  },
  read: (_id, state) => Promise.resolve({ outputs: state }),
  delete: () => Promise.resolve(),
};
