import type { Sample } from "@gifticon/load-agent/protocol.ts";

/**
 * Returns true when the last sample shows that no record waits. A lag that could not be read is no
 * empty queue, except without a queue (the stack's mode is direct), where no sample has a lag.
 */
export function isQueueEmpty(samples: readonly Pick<Sample, "lag">[]): boolean {
  return samples.at(-1)?.lag === 0 || samples.every(({ lag }) => lag === undefined);
}
