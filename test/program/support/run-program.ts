import { isDeepStrictEqual } from "node:util";
import { output, runtime } from "@pulumi/pulumi";
import { answers, fakeOutputs } from "./cloud.ts";

/** A resource that the program registered. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Resources that the program created for a configuration. */
export interface ProgramRun {
  resources: Registered[];
  /** The stack's outputs, by name. */
  outputs: Record<string, unknown>;
  /** Returns the one resource of that type and name. */
  resource: (type: string, name: string) => Registered;
  /** Returns the sorted names of all resources of a type. */
  names: (type: string) => string[];
}

/** Settings that have no default, as on AWS. */
export const REQUIRED = {
  "gifticon-event:hosts": JSON.stringify({ ami: "ami-0123456789abcdef0" }),
  "gifticon-event:operators": JSON.stringify({ cidrs: ["203.0.113.7/32"] }),
};

const runs = new Map<string, ProgramRun>();

/**
 * Runs the whole program without a cloud: each resource gets fake outputs. Each configuration runs
 * once.
 *
 * @param config Settings by full key, added to the required ones.
 */
export async function runProgram(config: Record<string, string> = {}): Promise<ProgramRun> {
  const key = JSON.stringify(config);
  const run = runs.get(key) ?? (await runOnce(config));
  runs.set(key, run);
  return run;
}

async function runOnce(config: Record<string, string>): Promise<ProgramRun> {
  const resources: Registered[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `id-of-${name}`, state: { ...(inputs as object), ...fakeOutputs(type, name) } };
      },
      call: ({ token }) => answers[token] ?? unexpected(token),
    },
    "gifticon-event",
    "test",
  );
  runtime.setAllConfig({ ...REQUIRED, ...config });
  // Another query makes another module, so the program runs again.
  const program = (await import(`../../../index.ts?run=${runs.size}`)) as { default: Record<string, unknown> };
  const outputs = await new Promise<Record<string, unknown>>((resolve) => {
    output(program.default).apply(resolve);
  });
  await runtime.disconnect();
  const absent = Object.keys(outputs).filter((name) => outputs[name] === undefined);
  if (absent.length > 0) throw new Error(`the engine warns of undefined outputs: ${absent.join(", ")}`);
  return {
    resources,
    outputs,
    resource: (type, name) => {
      const found = resources.filter((resource) => resource.type === type && resource.name === name);
      if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources are ${type} ${name}`);
      return found[0];
    },
    names: (type) =>
      resources
        .filter((resource) => resource.type === type)
        .map(({ name }) => name)
        .sort(),
  };
}

/** Returns the resources that differ between two runs, as "type name". */
export function difference(
  before: ProgramRun,
  after: ProgramRun,
): { added: string[]; changed: string[]; removed: string[] } {
  const [olds, news] = [before, after].map(
    ({ resources }) => new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource.inputs])),
  ) as [Map<string, unknown>, Map<string, unknown>];
  return {
    added: [...news.keys()].filter((key) => !olds.has(key)).sort(),
    removed: [...olds.keys()].filter((key) => !news.has(key)).sort(),
    changed: [...news.keys()].filter((key) => olds.has(key) && !isDeepStrictEqual(olds.get(key), news.get(key))).sort(),
  };
}

/** The engine's mark of a secret in a resource's inputs. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Returns true if the engine has to keep the value encrypted. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).includes(SECRET);
}

/** Returns the value without its mark. */
export function plain(value: unknown): unknown {
  return isSecret(value) ? (value as { value: unknown }).value : value;
}

function unexpected(token: string): never {
  throw new Error(`the fake cloud has no function ${token}`);
}
