import { TOPIC } from "@gifticon/contract/facts/queue.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import { type Observation, tasksOf } from "../observation.ts";

/** Time for which a topic that was created again is reported, in seconds: a day. */
const REPORTED_FOR_S = 24 * 60 * 60;

/**
 * Notes a topic that was replaced within a day. The requests that waited in a deleted topic are
 * lost, and nothing else in the environment shows that. It is no fault: nothing brings them back,
 * and other checks find a topic that is missing and an issuer that doesn't work.
 */
export function checkReplacedTopic({ hosts }: Pick<Observation, "hosts">): Finding[] {
  return tasksOf(hosts).flatMap(({ host, replaced: { at, waited } }) => {
    // Nothing was lost.
    if (waited === 0) return [];
    if (at < (hosts[host]?.clock ?? 0) - REPORTED_FOR_S) return [];
    const lost = waited < 0 ? "how many requests waited in the former one is unknown" : waitedThere(waited);
    return [
      {
        note: true,
        what: `topic ${TOPIC} was deleted and created again before ${new Date(at * 1_000).toISOString()}; ${lost}`,
        next: ADVICE.topicReplaced(),
      },
    ];
  });
}

function waitedThere(waited: number): string {
  return `${waited} requests waited in the former one at the last check of the issuer`;
}
