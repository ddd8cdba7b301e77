import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { accountFilter, accountId } from "../../engine/account.ts";
import { docker } from "../../engine/docker.ts";
import { namesIn } from "../../engine/public-names.ts";
import { registryHost } from "../ecr/registry.ts";

/**
 * Returns the names of everything that belongs to the account: Docker objects, and entries in the
 * machine's files.
 */
export async function leftovers(): Promise<string[]> {
  const filters = accountFilter();
  const [containers, { Volumes }, networks, hosts] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
    readFile("/etc/hosts", "utf8"),
  ]);
  const certificates = `/etc/docker/certs.d/${registryHost()}`;
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...Volumes.map(({ Name }) => Name),
    ...networks.map(({ Name }) => Name),
    ...namesIn(hosts, accountId()).keys(),
    ...(existsSync(certificates) ? [certificates] : []),
  ].sort();
}
