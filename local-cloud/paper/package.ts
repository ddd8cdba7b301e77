import { Buffer } from "node:buffer";
import { z } from "zod";
import { token as ec2 } from "../aws/ec2/tokens.ts";
import { loginOutputs } from "../aws/ecr/get-authorization-token.ts";
import { token as ecr } from "../aws/ecr/tokens.ts";
import { token as rds } from "../aws/rds/tokens.ts";
import type { CloudPackage, Created, FunctionType, Properties, ResourceType } from "../provider/resource-type.ts";
import { suffixes } from "../provider/server/context.ts";
import { localRun } from "../stand-ins/command/local-command.ts";
import { drawings } from "./outputs.ts";
import { markOf, secret } from "./made-up.ts";

/**
 * What a program asked for, by URN. Nothing in it is marked as a secret, as on paper none is one.
 */
export type Ledger = Map<string, Entry>;

/** One resource: what the program gives it, and, where it is new or changes, what it will give. */
export interface Entry {
  given: Properties;
  gives?: Properties;
}

/**
 * A cloud on paper: resources are judged, compared and replaced by the same rules as ever, but
 * nothing is made. What would be made has outputs that follow from its inputs alone, in a preview
 * too. So a whole environment can be drawn up and compared with another one on any machine, with no
 * credentials, no Docker engine and no rights, and the same program always gives the same.
 *
 * @param ledger takes what the program asked for, by URN.
 */
export function onPaper(cloudPackage: CloudPackage, ledger: Ledger): CloudPackage {
  return {
    ...cloudPackage,
    ...cloudPackage.onPaper,
    begin: undefined,
    resources: cloudPackage.resources.map((type) => drawnUp(type, ledger)),
    functions: cloudPackage.functions.map(answered),
  };
}

/** Rules that are of this machine and not of AWS: any image and what RDS offers may be drawn up. */
const wider: Readonly<Record<string, z.ZodRawShape>> = {
  [ec2.instance]: { ami: z.string().regex(/^ami-[0-9a-f]{8,17}$/) },
  [rds.instance]: {
    engineVersion: z
      .string()
      .regex(/^1[0-9](?:\.\d+)?$/)
      .optional(),
    publiclyAccessible: z.boolean().optional(),
  },
};

function drawnUp(type: ResourceType, ledger: Ledger): ResourceType {
  const draw = drawings[type.token];
  if (draw === undefined) {
    throw new Error(`${type.token} can't be drawn up: say in local-cloud/paper/outputs.ts what it would give`);
  }
  const drawing = (inputs: unknown, { urn, id }: { urn: string; id?: string }): Created => {
    const properties = inputs as Properties;
    const drawn = draw({ inputs: properties, mark: markOf(urn, properties), id: id === "" ? undefined : id });
    const outputs = { ...properties, ...drawn.outputs };
    ledger.set(urn, { given: properties, ...ledger.get(urn), gives: { ...drawn.outputs, id: drawn.id } });
    return { id: drawn.id, outputs };
  };
  return {
    ...type,
    inputs: type.inputs instanceof z.ZodObject ? type.inputs.extend(wider[type.token] ?? {}) : type.inputs,
    defaults: (news, olds, context) => {
      ledger.set(context.urn, { given: news });
      const randomSuffix = suffixes(Buffer.from(markOf(context.urn, news), "hex"));
      return type.defaults?.(news, olds, { ...context, randomSuffix }) ?? news;
    },
    foresee: drawing,
    create: (inputs, { urn }) => Promise.resolve(drawing(inputs, { urn })),
    read: (_id, state) => Promise.resolve({ outputs: state }),
    update: (id, _olds, news, { urn }) => Promise.resolve(drawing(news, { urn, id }).outputs),
    delete: () => Promise.resolve(),
  };
}

/**
 * Two functions need a machine: a command, which isn't run and prints nothing, and the login to the
 * registry.
 */
function answered(type: FunctionType): FunctionType {
  if (type.token === localRun.token) return { ...type, invoke: () => Promise.resolve({ stdout: "", stderr: "" }) };
  if (type.token !== ecr.getAuthorizationToken) return type;
  const login = { password: secret(markOf(type.token, {})), expires: Date.UTC(2000, 0) };
  return { ...type, invoke: () => Promise.resolve(loginOutputs(login)) };
}
