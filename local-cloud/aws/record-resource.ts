import { randomBytes } from "node:crypto";
import type { OperationContext, Properties, ResourceType } from "../provider/resource-type.ts";
import { stackOf } from "../engine/account.ts";
import { collectGarbage } from "../engine/base.ts";
import { createRecord, deleteRecord, getRecord, updateRecord } from "../engine/records.ts";
import { commonOutputs, defined } from "./inputs.ts";

interface Inputs {
  tags?: Record<string, string> | undefined;
}

/** Definition of a resource type that has no container or network. */
export interface RecordResource<I extends Inputs> extends Pick<
  ResourceType<I>,
  "token" | "inputs" | "defaults" | "check" | "replaceOn" | "deleteBeforeReplace" | "secretOutputs" | "unstableOutputs"
> {
  /** Returns a new id such as "subnet-0123456789abcdef0". */
  newId: (inputs: I) => string;
  /** Returns the outputs other than inputs, tags and region. */
  outputs: (inputs: I, id: string) => Properties | Promise<Properties>;
  /**
   * Checks the inputs against other records before a create or an update: a missing parent, an
   * overlap, a duplicate name. Throws an ApiError.
   */
  validate?: (inputs: I, id: string | undefined) => Promise<void>;
  /** Applies the record after it was created, changed or deleted, for instance to the firewall. */
  apply?: (change: "create" | "update" | "delete", id: string, outputs: Properties) => Promise<void>;
  /** Throws an ApiError when another resource still uses this one. */
  validateDelete?: (id: string) => Promise<void>;
}

/** Returns a resource type that stores its resources as records and creates nothing else. */
export function recordResource<I extends Inputs>(definition: RecordResource<I>): ResourceType<I> {
  const { token, inputs, newId, outputs, validate, apply, validateDelete, ...rest } = definition;
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
      await validate?.(values, undefined);
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
      await validate?.(values, id);
      const changed = await allOutputs(values, id);
      await updateRecord(token, id, changed);
      await apply?.("update", id, changed);
      return changed;
    },
    async delete(id) {
      const record = await getRecord(token, id);
      if (record !== undefined) {
        await validateDelete?.(id);
        await deleteRecord(token, id);
        await apply?.("delete", id, record.properties);
      }
      await collectGarbage();
    },
  };
}

/** Returns a new provider id with 17 hexadecimal digits, as AWS does. */
export function newResourceId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;
}
