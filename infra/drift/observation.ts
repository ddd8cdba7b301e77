import { createHash } from "node:crypto";
import { STACKS } from "@gifticon/contract/facts/names.ts";
import type { z } from "zod";
import type { hostLook } from "./host-look.ts";

/** A look at the host of a node. */
export interface NodeLook extends z.output<typeof hostLook> {
  /** Id of the node. */
  node: string;
}

/**
 * Returns the things that hosts have found damaged, as `look.sh` takes them: KIND NAME DIGEST. The
 * digest names the damage, so that the same one asks for the same repair.
 */
export function observationsOf(looks: readonly NodeLook[]): string[] {
  return looks.flatMap(({ node, missingImages, topics }) => {
    const mendable = (topics ?? []).filter(isMendable);
    return [
      ...(missingImages && missingImages.length > 0 ? [`images ${node} ${digest(missingImages)}`] : []),
      ...(mendable.length > 0 ? [`stack ${STACKS.kafka} ${digest(mendable)}`] : []),
    ];
  });
}

/** Kafka can't take partitions away: where there are more of them, the setting has to follow. */
function isMendable(difference: string): boolean {
  return difference.split(" ")[1] !== "more";
}

function digest(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);
}
