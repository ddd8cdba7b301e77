import type { CloudPackage, OperationContext, Properties } from "./provider/resource-type.ts";
import { accountFilter, label } from "./engine/account.ts";
import { collectGarbage } from "./engine/base.ts";
import { listContainers } from "./engine/containers.ts";
import { docker } from "./engine/docker.ts";
import { BASE_TYPE, listNetworks } from "./engine/networks.ts";
import { getRecord } from "./engine/records.ts";

/** A resource that the account has on this machine and no state has. */
export interface Orphan {
  /** The Pulumi type token. */
  type: string;
  id: string;
  stack?: string;
}

/** The result of a sweep. */
export interface Swept {
  deleted: Orphan[];
  /** Resources that could not be deleted, and why. */
  failed: { orphan: Orphan; reason: string }[];
}

/** Returns the identity of a resource, which a state and a Docker object share. */
export const identityOf = ({ type, id }: { type: string; id: string }): string => `${type} ${id}`;

/**
 * Deletes the account's resources that are in no state. An engine that is killed during a creation
 * leaves such resources. Each is deleted by its own resource type, so that nothing of it is left.
 *
 * @param known The identities in the state, which stay.
 * @param stack Deletes only resources that this stack created; undefined for the whole account.
 */
export async function sweep(cloud: CloudPackage, known: ReadonlySet<string>, stack?: string): Promise<Swept> {
  const deleted: Orphan[] = [];
  let rest = (await resourcesOfAccount()).filter(
    (one) => !known.has(identityOf(one)) && (stack === undefined || one.stack === stack),
  );
  // A resource can't be deleted before those that depend on it. So repeat while a round deletes
  // something.
  for (;;) {
    const failed: Swept["failed"] = [];
    for (const orphan of rest) {
      try {
        await remove(cloud, orphan);
        deleted.push(orphan);
      } catch (error) {
        failed.push({ orphan, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    if (failed.length === 0 || failed.length === rest.length) {
      await collectGarbage();
      return { deleted, failed };
    }
    rest = failed.map(({ orphan }) => orphan);
  }
}

/** Returns the account's resources without its base, networks last because others are in them. */
async function resourcesOfAccount(): Promise<Orphan[]> {
  const [containers, { Volumes }, networks] = await Promise.all([
    listContainers(),
    docker.listVolumes({ filters: accountFilter() }),
    listNetworks(),
  ]);
  const labelSets = [...containers, ...Volumes, ...networks].map((object) => object.Labels ?? {});
  const last = new Set(networks.map((network) => network.Labels?.[label.id]));
  const found = new Map<string, Orphan>();
  for (const labels of labelSets) {
    const { [label.type]: type = "", [label.id]: id = "", [label.stack]: stack } = labels;
    if (type === BASE_TYPE || type === "") continue;
    const orphan = { type, id, ...(stack === undefined ? {} : { stack }) };
    found.set(identityOf(orphan), { ...found.get(identityOf(orphan)), ...orphan });
  }
  return [...found.values()].sort((a, b) => Number(last.has(a.id)) - Number(last.has(b.id)));
}

async function remove(cloud: CloudPackage, { type, id }: Orphan): Promise<void> {
  const resource = cloud.resources.find(({ token }) => token === type);
  if (resource === undefined) throw new Error(`${cloud.name} has no resource type ${type}`);
  const state: Properties = (await getRecord(type, id))?.properties ?? {};
  await resource.delete(id, state, contextOf(type, id));
}

function contextOf(type: string, id: string): OperationContext {
  return {
    urn: `urn:pulumi:::::${type}::${id}`,
    name: id,
    randomSuffix: (length) => "0".repeat(length),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
}
