import { isUnreachable } from "../engine/docker.ts";
import { publishRegistry } from "./ecr/registry.ts";
import { publishBalancers } from "./lb/load-balancer.ts";

/**
 * Writes the account's names and CA to the machine's files again, where they are missing. WSL and
 * cloud-init rewrite /etc/hosts at each boot, and an installation of Docker removes /etc/docker.
 * Everything else of the local cloud is in Docker objects. Does nothing without a Docker engine.
 *
 * @returns the entries that were missing, in words for a user.
 * @throws MachineFileError when the machine's files can't be written.
 */
export async function restoreMachineFiles(): Promise<string[]> {
  try {
    return [...(await publishRegistry()), ...(await publishBalancers())];
  } catch (error) {
    if (isUnreachable(error)) return [];
    throw error;
  }
}
