import { createHash } from "node:crypto";
import { Mutex } from "async-mutex";
import type { Properties } from "../provider/resource-type.ts";
import { accountFilter, label, objectName, resourceLabels } from "./account.ts";
import { docker, ignoreGone } from "./docker.ts";

/**
 * A resource's properties, kept in the labels of a Docker volume that holds nothing. A resource without a body (a subnet, a
 * role) is only that; one with a body (a network, a container) has its record beside it, because a body's own labels can't change.
 */
export interface LocalRecord {
  type: string;
  id: string;
  properties: Properties;
  /** The stack that made it, where that is known. */
  stack?: string;
}

/** A record with that type and id exists already: for names that must be unique. */
export class RecordExistsError extends Error {
  readonly code = "RecordExists";
  override name = "RecordExistsError";

  constructor(type: string, id: string) {
    super(`${type} ${id} exists already in this account`);
  }
}

interface StoredRecord extends LocalRecord {
  revision: number;
  volume: string;
}

/** Guards read-then-write within this process; records are small and the engine answers in milliseconds, so one lock does. */
const lock = new Mutex();

/** Creates a record. Throws a RecordExistsError when there is one with that type and id. */
export async function createRecord(type: string, id: string, properties: Properties, stack?: string): Promise<void> {
  await lock.runExclusive(async () => {
    if ((await stored(type, id)).length > 0) throw new RecordExistsError(type, id);
    await write({ type, id, properties, ...(stack === undefined ? {} : { stack }) }, 1);
  });
}

/** The record with that type and id, or undefined. */
export async function getRecord(type: string, id: string): Promise<LocalRecord | undefined> {
  return newest(await stored(type, id))[0];
}

/** The records of a type, or all of the account. */
export async function listRecords(type?: string): Promise<LocalRecord[]> {
  return newest(await stored(type));
}

/**
 * Replaces the properties of a record, or makes it when it is missing. The new version is written before the old one goes, so
 * that a process killed in between loses nothing.
 */
export async function updateRecord(type: string, id: string, properties: Properties): Promise<void> {
  await change(type, id, () => properties);
}

/** Changes the properties of a record by a function of the present ones, without another change of this process in between. */
export async function change(type: string, id: string, next: (present: Properties) => Properties): Promise<void> {
  await lock.runExclusive(async () => {
    const versions = await stored(type, id);
    const present = newest(versions)[0];
    await write(
      {
        type,
        id,
        properties: next(present?.properties ?? {}),
        ...(present?.stack === undefined ? {} : { stack: present.stack }),
      },
      Math.max(0, ...versions.map((version) => version.revision)) + 1,
    );
    await remove(versions);
  });
}

/** Deletes a record; one that is gone already is a success. */
export async function deleteRecord(type: string, id: string): Promise<void> {
  await lock.runExclusive(async () => {
    await remove(await stored(type, id));
  });
}

async function stored(type?: string, id?: string): Promise<StoredRecord[]> {
  const { Volumes } = await docker.listVolumes({ filters: accountFilter(type, id) });
  return Volumes.flatMap((volume) => {
    const labels = volume.Labels;
    const properties = labels[label.properties];
    if (properties === undefined) return [];
    const stack = labels[label.stack];
    return {
      type: labels[label.type] ?? "",
      id: labels[label.id] ?? "",
      properties: JSON.parse(properties) as Properties,
      ...(stack === undefined ? {} : { stack }),
      revision: Number(labels[label.revision]),
      volume: volume.Name,
    };
  });
}

/** Of several versions of the same record (a process was killed between writing and removing) only the newest counts. */
function newest(records: StoredRecord[]): LocalRecord[] {
  const byIdentity = new Map<string, StoredRecord>();
  for (const record of records) {
    const identity = `${record.type}\n${record.id}`;
    const known = byIdentity.get(identity);
    if (known === undefined || known.revision < record.revision) byIdentity.set(identity, record);
  }
  return [...byIdentity.values()].map(({ type, id, properties, stack }) => ({
    type,
    id,
    properties,
    ...(stack === undefined ? {} : { stack }),
  }));
}

async function write(record: LocalRecord, revision: number): Promise<void> {
  await docker.createVolume({
    Name: volumeName(record.type, record.id, revision),
    Labels: {
      ...resourceLabels(record.type, record.id, record.stack),
      [label.properties]: JSON.stringify(record.properties),
      [label.revision]: String(revision),
    },
  });
}

async function remove(records: StoredRecord[]): Promise<void> {
  for (const record of records) await ignoreGone(docker.getVolume(record.volume).remove());
}

/** Readable, valid for Docker whatever the id holds, and different for each type and id. */
function volumeName(type: string, id: string, revision: number): string {
  const kind = (type.split(":").at(-1) ?? type).toLowerCase();
  const readable = id.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  const hash = createHash("sha256").update(`${type}\n${id}`).digest("hex").slice(0, 8);
  return objectName(`${kind}-${readable}-${hash}.${revision}`);
}
