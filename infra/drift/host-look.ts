import { SERVICES, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { z } from "zod";
import type { ScriptValues } from "../scripts/render-script.ts";

/** The answer of a host that looks at itself. A part that it can't tell is null. */
export const hostLook = z.object({
  /** Images that the host is to have and has not. */
  missingImages: z.array(z.string()).nullable(),
  /** Differences of the topics, as `declare-topics --check` prints them; null without a broker. */
  topics: z.array(z.string()).nullable(),
});

/**
 * Returns the values by which a host compares the broker's topics with the declared ones.
 *
 * @param topics the arguments of the job that declares them.
 */
export function topicValues(topics: readonly string[]): ScriptValues {
  return {
    TOPICS: topics,
    BROKER_SERVICE: SWARM_SERVICES.broker,
    BROKER_ADDRESS: `${SERVICES.broker}:${PORTS.brokerInternal}`,
  };
}
