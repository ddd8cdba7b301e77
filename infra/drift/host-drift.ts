import { STACKS } from "@gifticon/contract/facts/names.ts";
import type { z } from "zod";
import { shortDigest } from "../plans/digest.ts";
import type { hostObservation } from "./host-observation.ts";

/** The observation of a node's host. */
export interface NodeObservation extends z.output<typeof hostObservation> {
  /** Id of the node. */
  node: string;
}

/**
 * Returns the drift that hosts observed, in the form that detect-drift.sh reads: KIND NAME DIGEST.
 * The digest is that of the drift, so that the same drift gets the same repair.
 */
export function hostDrift(observations: readonly NodeObservation[]): string[] {
  return observations.flatMap(({ node, missingImages, topics }) => {
    const repairable = (topics ?? []).filter(isRepairable);
    return [
      ...(missingImages && missingImages.length > 0 ? [`images ${node} ${shortDigest(missingImages.join("\n"))}`] : []),
      ...(repairable.length > 0 ? [`stack ${STACKS.kafka} ${shortDigest(repairable.join("\n"))}`] : []),
    ];
  });
}

/** Returns false for a topic with more partitions than declared: Kafka can't remove partitions. */
function isRepairable(difference: string): boolean {
  return difference.split(" ")[1] !== "more";
}
