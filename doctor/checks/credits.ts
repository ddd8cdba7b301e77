import { ADVICE } from "../advice.ts";
import type { Finding } from "../finding.ts";

/** CPU credits of one t3 machine over the last hour, from CloudWatch. */
export interface Credits {
  /** Name of the host, or "the database". */
  name: string;
  /** Balances, the oldest first. */
  balances: { hours: number; credits: number }[];
}

/** Credits that last this many hours are enough. An event lasts an hour or two. */
const HOURS_ENOUGH = 3;

/**
 * A t3 instance starts without credits, unlike a t2 ("Burstable performance instances" in the EC2
 * user guide). One that had none for a shorter time than this may be new.
 */
const HOURS_OF_A_NEW_HOST = 0.75;

/** Finds t3 instances whose CPU credits run out, at the rate of the last hour. */
export function checkCredits(machines: readonly Credits[]): Finding[] {
  return machines.flatMap(({ name, balances }) => {
    const left = hoursLeft(balances);
    if (left === undefined) {
      return [{ what: `CloudWatch has no CPU credits of ${name} yet`, next: ADVICE.runLater() }];
    }
    if (left >= HOURS_ENOUGH) return [];
    return [
      {
        what: `the CPU credits of ${name} end in ${left.toFixed(1)} hours at the rate of the last hour`,
        next: ADVICE.useLarger(),
      },
    ];
  });
}

/** Returns Infinity when credits don't decrease, and undefined with fewer than two figures. */
function hoursLeft(balances: Credits["balances"]): number | undefined {
  const [first, last] = [balances[0], balances.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const hours = last.hours - first.hours;
  const spentAnHour = (first.credits - last.credits) / hours;
  if (last.credits <= 0) return first.credits <= 0 && hours < HOURS_OF_A_NEW_HOST ? Infinity : 0;
  return spentAnHour <= 0 ? Infinity : last.credits / spentAnHour;
}
