import type { Finding } from "./finding.ts";

/** The findings of related checks. */
export interface Section {
  /** Text of the line that says that the checks found no fault. */
  passed: string;
  findings: readonly Finding[];
}

// `./run doctor` exits with 0 without faults, 1 with a fault, and 2 when a check could not be made.
const FAULTY = 1;
export const NOT_CHECKED = 2;

/** Returns the exit code for these findings. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const serious = findings.filter(({ note }) => note !== true);
  if (serious.length === 0) return 0;
  return serious.every(({ unknown }) => unknown) ? NOT_CHECKED : FAULTY;
}

/** Returns a line for each finding, and one for a section without faults. */
export function linesOf({ passed, findings }: Section): string[] {
  const lines = findings.map(lineOf);
  return findings.every(({ note }) => note) ? [`ok       ${passed}`, ...lines] : lines;
}

function lineOf({ unknown, note, what, next }: Finding): string {
  const word = note ? "-      " : unknown ? "unknown" : "fault  ";
  return `${word}  ${what}; next: ${next}`;
}
