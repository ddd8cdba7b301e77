import { randomBytes } from "node:crypto";
import type { OperationContext, Properties, ResourceType } from "../provider/resource-type.ts";
import { stackOf } from "../engine/account.ts";
import { collectGarbage } from "../engine/base.ts";
import { createRecord, deleteRecord, getRecord, updateRecord } from "../engine/records.ts";
import { commonOutputs, defined } from "./inputs.ts";

interface Inputs {
  tags?: Record<string, string> | undefined;
}

/** What makes one resource type without a body different from the others. */
export interface RecordResource<I extends Inputs> extends Pick<
  ResourceType<I>,
  "token" | "inputs" | "defaults" | "check" | "replaceOn" | "deleteBeforeReplace" | "secretOutputs" | "unstableOutputs"
> {
  /** A new id: "subnet-0123456789abcdef0". */
  newId: (inputs: I) => string;
  /** The outputs beside the inputs, tags and region. */
  outputs: (inputs: I, id: string) => Properties | Promise<Properties>;
  /** Judges what needs other records (a parent that doesn't exist, an overlap); throws an ApiError. Runs before creates and updates. */
  judge?: (inputs: I, id: string | undefined) => Promise<void>;
  /** Runs after the record was created, changed or deleted: what enforces it is brought in line. */
  apply?: (change: "create" | "update" | "delete", id: string, outputs: Properties) => Promise<void>;
  /** Throws an ApiError when something still uses it. */
  judgeDelete?: (id: string) => Promise<void>;
}

/** A resource type whose resources are records and nothing else. */
export function recordResource<I extends Inputs>(definition: RecordResource<I>): ResourceType<I> {
  const { token, inputs, newId, outputs, judge, apply, judgeDelete, ...rest } = definition;
  const allOutputs = async (values: I, id: string): Promise<Properties> => ({
    ...defined(values),
    ...commonOutputs(values),
    ...(await outputs(values, id)),
  });
  return {
    ...rest,
    token,
    inputs,
    async create(values: I, context: OperationContext) {
      await judge?.(values, undefined);
      const id = newId(values);
      const created = await allOutputs(values, id);
      await createRecord(token, id, created, stackOf(context.urn));
      try {
        await apply?.("create", id, created);
      } catch (error) {
        await deleteRecord(token, id);
        await collectGarbage();
        throw error;
      }
      return { id, outputs: created };
    },
    async read(id) {
      const record = await getRecord(token, id);
      return record === undefined ? undefined : { outputs: record.properties };
    },
    async update(id, _olds, values) {
      await judge?.(values, id);
      const changed = await allOutputs(values, id);
      await updateRecord(token, id, changed);
      await apply?.("update", id, changed);
      return changed;
    },
    async delete(id) {
      const record = await getRecord(token, id);
      if (record !== undefined) {
        await judgeDelete?.(id);
        await deleteRecord(token, id);
        await apply?.("delete", id, record.properties);
      }
      await collectGarbage();
    },
  };
}

/** A new provider id with 17 hexadecimal digits, as AWS gives. */
export function newResourceId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;
}
