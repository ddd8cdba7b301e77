import { SERVICES, SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import { z } from "zod";
import type { ScriptValues } from "../scripts/render-script.ts";

/** The answer of observe-host.sh. A part that the host can't observe is null. */
export const hostObservation = z.object({
  /** Images that the host must have, but lacks. */
  missingImages: z.array(z.string()).nullable(),
  /** Lines of `declare-topics --check`: differences of the topics. Null without a broker. */
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
