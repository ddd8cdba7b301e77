import { POWER_OFF_EXIT_CODE } from "../aws/ec2/instance-container.ts";
import { token } from "../aws/ec2/tokens.ts";
import { label } from "../engine/account.ts";
import { stopContainer } from "../engine/containers.ts";

/** An event of a container, as Docker's API sends it. */
interface ContainerEvent {
  Type?: string;
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
}

/**
 * Returns the container of an instance that powered itself off, or undefined for any other event.
 *
 * @param line One event of Docker's stream of events, as JSON.
 */
export function poweredOff(line: string): string | undefined {
  const { Type, Action, Actor } = JSON.parse(line) as ContainerEvent;
  if (Type !== "container" || Action !== "die") return undefined;
  const isInstance = Actor?.Attributes?.[label.type] === token.instance;
  return isInstance && Actor.Attributes?.["exitCode"] === String(POWER_OFF_EXIT_CODE) ? Actor.ID : undefined;
}

/**
 * Keeps an instance stopped that powered itself off. Docker would start it again, as it does after
 * a reboot. An instance that does so while the control plane restarts does start again.
 */
export async function keepPoweredOff(line: string): Promise<void> {
  const container = poweredOff(line);
  if (container !== undefined) await stopContainer(container, 0);
}
