import { deadLetterTopic, TOPIC } from "@gifticon/contract/facts/queue.ts";
import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";
import { type Observation, tasksOf } from "../observation.ts";

/**
 * Notes the dead letters that no replay has put back. They are no fault: a record that can't be
 * read blocks no other.
 *
 * @param replay the command that puts dead letters back.
 */
export function checkDeadLetters({ hosts }: Pick<Observation, "hosts">, replay: string): Finding[] {
  const waiting = Math.max(0, ...tasksOf(hosts).map(({ deadLetters }) => deadLetters));
  if (waiting === 0) return [];
  return [
    {
      note: true,
      what: `${waiting} dead ${waiting === 1 ? "letter waits" : "letters wait"} in ${deadLetterTopic(TOPIC)}`,
      next: ADVICE.replayLetters(replay),
    },
  ];
}
