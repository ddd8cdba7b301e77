import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { CloudPackage, FunctionType, Properties, ResourceType } from "../../resource-type.ts";

/**
 * Folder of the fake cloud. It holds a JSON file for each thing, which a test may change or remove
 * to cause drift.
 */
const directory = process.env["FAKE_CLOUD"] ?? "/nonexistent";
const fileOf = (id: string) => join(directory, `${id}.json`);

const thingInputs = z.strictObject({
  name: z.string(),
  size: z.number().int().min(1, "must be 1 or more").max(9, "must be 9 or less").default(3),
  zone: z.enum(["a", "b"]).default("a"),
  password: z.string().optional(),
  disk: z.strictObject({ encrypted: z.boolean().default(true), size: z.number() }).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  fail: z.string().optional(),
  waits: z.boolean().optional(),
});
type ThingInputs = z.infer<typeof thingInputs>;

const outputsOf = (id: string, inputs: ThingInputs): Properties => ({
  ...(inputs as Properties),
  address: `thing://${id}`,
  revision: 1,
  url: `https://user:${inputs.password ?? ""}@${id}`,
  token: `token of ${id}`,
});

const thing: ResourceType<ThingInputs> = {
  token: "fake:index/thing:Thing",
  inputs: thingInputs,
  replaceOn: ["zone", "disk.encrypted"],
  secretOutputs: ["token"],
  unstableOutputs: ["revision"],
  defaults: (news, olds, { name, randomSuffix }) => ({
    ...news,
    name: news["name"] ?? olds?.["name"] ?? `${name}-${randomSuffix(7)}`,
  }),
  check: ({ size, zone }) =>
    zone === "b" && size !== undefined && size > 5
      ? [{ property: "size", reason: `must be 5 or less in zone b (got ${size})` }]
      : [],
  create: async (inputs, { progress, signal }) => {
    progress(`making ${inputs.name}`);
    if (inputs.fail !== undefined) throw new Error(inputs.fail, { cause: new Error(`disk of ${inputs.name} is full`) });
    await mkdir(directory, { recursive: true });
    if (inputs.waits) {
      await writeFile(join(directory, "waiting"), "");
      await sleep(60_000, undefined, { signal }).finally(() => rm(join(directory, "waiting")));
    }
    const outputs = outputsOf(inputs.name, inputs);
    await writeFile(fileOf(inputs.name), JSON.stringify(outputs));
    return { id: inputs.name, outputs };
  },
  read: async (id) => {
    try {
      return { outputs: JSON.parse(await readFile(fileOf(id), "utf8")) as Properties };
    } catch {
      return undefined;
    }
  },
  update: async (id, olds, news) => {
    const outputs = { ...outputsOf(id, news), revision: Number(olds["revision"]) + 1 };
    await writeFile(fileOf(id), JSON.stringify(outputs));
    return outputs;
  },
  delete: async (id) => {
    await rm(fileOf(id), { force: true });
  },
};

const greetInputs = z.strictObject({ name: z.string().min(2) });
const greet: FunctionType<z.infer<typeof greetInputs>> = {
  token: "fake:index/greet:greet",
  inputs: greetInputs,
  invoke: ({ name }, { preview }) => Promise.resolve({ text: `${preview ? "will greet" : "hello"} ${name}` }),
};

/** A cloud of one resource type and one function, for tests of each step of the protocol. */
export const fake: CloudPackage = {
  name: "fake",
  version: "1.2.3",
  configuration: z.strictObject({ region: z.string().optional() }),
  resources: [thing],
  functions: [greet],
};
