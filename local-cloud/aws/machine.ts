import { isUnreachable } from "../engine/docker.ts";
import { tellMachineOfRegistry } from "./ecr/registry.ts";
import { tellMachineOfBalancers } from "./lb/load-balancer.ts";

/**
 * Tells the machine again what it has lost of the account: /etc/hosts is written anew at each boot
 * by WSL and cloud-init, and /etc/docker by whoever installs Docker anew. Everything else of the
 * local cloud is in Docker objects. Without an engine there is nothing to tell.
 *
 * @returns what the machine had lost, in words for a user.
 * @throws MachineFileError when the machine's files can't be written.
 */
export async function restoreMachine(): Promise<string[]> {
  try {
    return [...(await tellMachineOfRegistry()), ...(await tellMachineOfBalancers())];
  } catch (error) {
    if (isUnreachable(error)) return [];
    throw error;
  }
}
