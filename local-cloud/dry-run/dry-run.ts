import { Buffer } from "node:buffer";
import { z } from "zod";
import { token as ec2 } from "../aws/ec2/tokens.ts";
import { loginOutputs } from "../aws/ecr/get-authorization-token.ts";
import { token as ecr } from "../aws/ecr/tokens.ts";
import { token as rds } from "../aws/rds/tokens.ts";
import type { CloudPackage, Created, FunctionType, Properties, ResourceType } from "../provider/resource-type.ts";
import { suffixes } from "../provider/server/context.ts";
import { localRun } from "../stand-ins/command/local-command.ts";
import { predictions } from "./predictions.ts";
import { seedOf, secret } from "./synthetic-values.ts";

/** All resources that a program asked for, by URN. None of their secrets is real or marked. */
export type Ledger = Map<string, Entry>;

/** One resource: its inputs, and its predicted outputs if it is new or changes. */
export interface Entry {
  inputs: Properties;
  outputs?: Properties;
}

/**
 * Returns a dry run of a cloud. Resources are validated, compared and replaced by the same rules,
 * but nothing is created. Outputs depend only on URN and inputs, and are known in a preview too. So
 * a whole environment can be evaluated and compared with another one on any machine, without
 * credentials, a Docker engine or rights, and the same program always gives the same result.
 *
 * @param ledger Collects the program's resources by URN.
 */
export function dryRun(cloudPackage: CloudPackage, ledger: Ledger): CloudPackage {
  return {
    ...cloudPackage,
    ...cloudPackage.dryRun,
    begin: undefined,
    resources: cloudPackage.resources.map((type) => dryRunResource(type, ledger)),
    functions: cloudPackage.functions.map(dryRunFunction),
  };
}

/**
 * Schemas for inputs that AWS accepts and this machine can't serve: other AMIs and RDS versions.
 */
const extendedInputs: Readonly<Record<string, z.ZodRawShape>> = {
  [ec2.instance]: { ami: z.string().regex(/^ami-[0-9a-f]{8,17}$/) },
  [rds.instance]: {
    engineVersion: z
      .string()
      .regex(/^1[0-9](?:\.\d+)?$/)
      .optional(),
    publiclyAccessible: z.boolean().optional(),
  },
};

function dryRunResource(type: ResourceType, ledger: Ledger): ResourceType {
  const predict = predictions[type.token];
  if (predict === undefined) {
    throw new Error(`${type.token} has no dry run: add its outputs to local-cloud/dry-run/predictions.ts`);
  }
  const record = (inputs: unknown, { urn, id }: { urn: string; id?: string }): Created => {
    const properties = inputs as Properties;
    const predicted = predict({ inputs: properties, seed: seedOf(urn, properties), id: id === "" ? undefined : id });
    const outputs = { ...properties, ...predicted.outputs };
    ledger.set(urn, { inputs: properties, ...ledger.get(urn), outputs: { ...predicted.outputs, id: predicted.id } });
    return { id: predicted.id, outputs };
  };
  return {
    ...type,
    inputs: type.inputs instanceof z.ZodObject ? type.inputs.extend(extendedInputs[type.token] ?? {}) : type.inputs,
    defaults: (news, olds, context) => {
      ledger.set(context.urn, { inputs: news });
      const randomSuffix = suffixes(Buffer.from(seedOf(context.urn, news), "hex"));
      return type.defaults?.(news, olds, { ...context, randomSuffix }) ?? news;
    },
    predict: record,
    create: (inputs, { urn }) => Promise.resolve(record(inputs, { urn })),
    read: (_id, state) => Promise.resolve({ outputs: state }),
    update: (id, _olds, news, { urn }) => Promise.resolve(record(news, { urn, id }).outputs),
    delete: () => Promise.resolve(),
  };
}

/**
 * Returns the dry run of a function. Two functions need a machine otherwise: a command, which
 * prints nothing here, and the login to the registry.
 */
function dryRunFunction(type: FunctionType): FunctionType {
  if (type.token === localRun.token) return { ...type, invoke: () => Promise.resolve({ stdout: "", stderr: "" }) };
  if (type.token !== ecr.getAuthorizationToken) return type;
  const login = { password: secret(seedOf(type.token, {})), expires: Date.UTC(2000, 0) };
  return { ...type, invoke: () => Promise.resolve(loginOutputs(login)) };
}
