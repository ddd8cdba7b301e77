import { createHash } from "node:crypto";
import { Mutex } from "async-mutex";
import type { Properties } from "../provider/resource-type.ts";
import { accountFilter, label, objectName, resourceLabels } from "./account.ts";
import { docker, ignoreGone, isNotFound } from "./docker.ts";

/**
 * A resource's properties, kept in the labels of an empty Docker volume. A resource without a body
 * (a subnet, a role) consists of its record only. A resource with a body (a network, a container)
 * has its record beside the body, because Docker can't change a body's own labels.
 */
export interface LocalRecord {
  type: string;
  id: string;
  properties: Properties;
  /** The stack that made it, if known. */
  stack?: string;
}

/** A record with that type and id exists already. Names that must be unique rely on it. */
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
 * The two names that a record's volume has in turn: the next version is written to one while the
 * present version is in the other. Each is found by its name, because listing volumes costs the
 * engine about a millisecond for each volume on the machine.
 */
const SLOTS = ["a", "b"] as const;
type Slot = (typeof SLOTS)[number];

/** Guards read-then-write of each record within this process. */
const locks = new Map<string, Mutex>();

/** Creates a record. Throws a RecordExistsError if one with that type and id exists. */
export async function createRecord(type: string, id: string, properties: Properties, stack?: string): Promise<void> {
  await locked(type, id, async () => {
    if ((await versionsOf(type, id)).length > 0) throw new RecordExistsError(type, id);
    await write({ type, id, properties, ...(stack === undefined ? {} : { stack }) }, 1, "a");
  });
}

/** Returns the record with that type and id, or undefined. */
export async function getRecord(type: string, id: string): Promise<LocalRecord | undefined> {
  return newest(await versionsOf(type, id))[0];
}

/** Returns the records of a type, or all records of the account. */
export async function listRecords(type?: string): Promise<LocalRecord[]> {
  const { Volumes } = await docker.listVolumes({ filters: accountFilter(type) });
  return newest(Volumes.flatMap(storedIn));
}

/**
 * Replaces the properties of a record, or creates a missing one. The new version is written before
 * the old one is removed, so that a process killed in between loses nothing.
 */
export async function updateRecord(type: string, id: string, properties: Properties): Promise<void> {
  await changeRecord(type, id, () => properties);
}

/**
 * Changes the properties of a record by a function of the present ones. No other change of this
 * process runs in between.
 */
export async function changeRecord(type: string, id: string, next: (present: Properties) => Properties): Promise<void> {
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
 * Returns the versions of a record. There are two if a process was killed between writing the new
 * one and removing the old one.
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

/** Returns the record in a volume, and nothing for a volume that holds a resource's data. */
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

/** Returns each record once: of two versions the newer. */
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

/** Returns a readable name that Docker accepts, and that differs for each type and id. */
function volumeName(type: string, id: string, slot: Slot): string {
  const kind = (type.split(":").at(-1) ?? type).toLowerCase();
  const readable = id.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  const hash = createHash("sha256").update(`${type}\n${id}`).digest("hex").slice(0, 8);
  return objectName(`${kind}-${readable}-${hash}.${slot}`);
}
