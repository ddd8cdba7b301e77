import { createHash } from "node:crypto";
import { Mutex } from "async-mutex";
import type { Properties } from "../provider/resource-type.ts";
import { accountFilter, label, objectName, resourceLabels } from "./account.ts";
import { docker, ignoreGone, isNotFound } from "./docker.ts";

/**
 * A resource's properties, kept in the labels of a Docker volume that holds nothing. A resource
 * without a body (a subnet, a role) is only that; one with a body (a network, a container) has its
 * record beside it, because a body's own labels can't change.
 */
export interface LocalRecord {
  type: string;
  id: string;
  properties: Properties;
  /** The stack that made it, where that is known. */
  stack?: string;
}

/** A record with that type and id exists already: for names that must be unique. */
class RecordExistsError extends Error {
  readonly code = "RecordExists";
  override name = "RecordExistsError";

  constructor(type: string, id: string) {
    super(`${type} ${id} exists already in this account`);
  }
}

interface StoredRecord extends LocalRecord {
  revision: number;
  slot: Slot;
}

/**
 * The two names that a record's volume takes in turn: the next version is in one while the present
 * one is in the other, and either is found by its name. (Listing volumes costs the engine about a
 * millisecond for each volume on the machine.)
 */
const SLOTS = ["a", "b"] as const;
type Slot = (typeof SLOTS)[number];

/** Guards read-then-write of each record within this process. */
const locks = new Map<string, Mutex>();

/** Creates a record. Throws a RecordExistsError when there is one with that type and id. */
export async function createRecord(type: string, id: string, properties: Properties, stack?: string): Promise<void> {
  await locked(type, id, async () => {
    if ((await versionsOf(type, id)).length > 0) throw new RecordExistsError(type, id);
    await write({ type, id, properties, ...(stack === undefined ? {} : { stack }) }, 1, "a");
  });
}

/** The record with that type and id, or undefined. */
export async function getRecord(type: string, id: string): Promise<LocalRecord | undefined> {
  return newest(await versionsOf(type, id))[0];
}

/** The records of a type, or all of the account. */
export async function listRecords(type?: string): Promise<LocalRecord[]> {
  const { Volumes } = await docker.listVolumes({ filters: accountFilter(type) });
  return newest(Volumes.flatMap(storedIn));
}

/**
 * Replaces the properties of a record, or makes it when it is missing. The new version is written
 * before the old one goes, so that a process killed in between loses nothing.
 */
export async function updateRecord(type: string, id: string, properties: Properties): Promise<void> {
  await change(type, id, () => properties);
}

/**
 * Changes the properties of a record by a function of the present ones, without another change of
 * this process in between.
 */
export async function change(type: string, id: string, next: (present: Properties) => Properties): Promise<void> {
  await locked(type, id, async () => {
    const [present, outdated] = (await versionsOf(type, id)).sort((a, b) => b.revision - a.revision);
    const slot: Slot = present?.slot === "a" ? "b" : "a";
    if (outdated !== undefined) await removeVolume(type, id, outdated.slot);
    const { stack } = present ?? {};
    const properties = next(present?.properties ?? {});
    await write(
      { type, id, properties, ...(stack === undefined ? {} : { stack }) },
      (present?.revision ?? 0) + 1,
      slot,
    );
    if (present !== undefined) await removeVolume(type, id, present.slot);
  });
}

/** Deletes a record; one that is gone already is a success. */
export async function deleteRecord(type: string, id: string): Promise<void> {
  await locked(type, id, async () => {
    // The older version first: a process killed in between must not bring it back.
    const versions = (await versionsOf(type, id)).sort((a, b) => a.revision - b.revision);
    for (const { slot } of versions) await removeVolume(type, id, slot);
  });
}

async function locked<T>(type: string, id: string, work: () => Promise<T>): Promise<T> {
  const identity = `${type}\n${id}`;
  const lock = locks.get(identity) ?? new Mutex();
  locks.set(identity, lock);
  try {
    return await lock.runExclusive(work);
  } finally {
    if (!lock.isLocked()) locks.delete(identity);
  }
}

/**
 * The versions of a record that exist: one, or two when a process was killed between writing and
 * removing.
 */
async function versionsOf(type: string, id: string): Promise<StoredRecord[]> {
  const found = await Promise.all(
    SLOTS.map(async (slot) => {
      try {
        return storedIn(await docker.getVolume(volumeName(type, id, slot)).inspect());
      } catch (error) {
        if (isNotFound(error)) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** The record in a volume; none in one that holds a resource's data. */
function storedIn({ Name, Labels }: { Name: string; Labels: Partial<Record<string, string>> | null }): StoredRecord[] {
  const labels = Labels ?? {};
  const properties = labels[label.properties];
  if (properties === undefined) return [];
  const stack = labels[label.stack];
  return [
    {
      type: labels[label.type] ?? "",
      id: labels[label.id] ?? "",
      properties: JSON.parse(properties) as Properties,
      ...(stack === undefined ? {} : { stack }),
      revision: Number(labels[label.revision]),
      slot: Name.endsWith(".b") ? "b" : "a",
    },
  ];
}

/** Of two versions of the same record only the newer counts. */
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

async function write(record: LocalRecord, revision: number, slot: Slot): Promise<void> {
  await docker.createVolume({
    Name: volumeName(record.type, record.id, slot),
    Labels: {
      ...resourceLabels(record.type, record.id, record.stack),
      [label.properties]: JSON.stringify(record.properties),
      [label.revision]: String(revision),
    },
  });
}

async function removeVolume(type: string, id: string, slot: Slot): Promise<void> {
  await ignoreGone(docker.getVolume(volumeName(type, id, slot)).remove());
}

/** Readable, valid for Docker whatever the id holds, and different for each type and id. */
function volumeName(type: string, id: string, slot: Slot): string {
  const kind = (type.split(":").at(-1) ?? type).toLowerCase();
  const readable = id.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  const hash = createHash("sha256").update(`${type}\n${id}`).digest("hex").slice(0, 8);
  return objectName(`${kind}-${readable}-${hash}.${slot}`);
}
