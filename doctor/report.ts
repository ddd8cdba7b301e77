import { findCauses } from "./causes.ts";
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

/**
 * Returns the lines of a report. It begins with the faults that explain others, each with what
 * follows from it. What follows has no step of its own. The sections come next: a line for each
 * other finding, and one for a section without faults.
 */
export function linesOf(sections: readonly Section[]): string[] {
  const causes = findCauses(sections.flatMap(({ findings }) => findings));
  const above = new Set(causes.flatMap(({ faults, follow }) => [...faults, ...follow]));
  return [
    ...causes.flatMap(({ faults, follow }) => [...faults.map(lineOf), ...follow.map(({ what }) => `follows  ${what}`)]),
    ...sections.flatMap((section) => linesOfSection(section, above)),
  ];
}

function linesOfSection({ passed, findings }: Section, above: ReadonlySet<Finding>): string[] {
  const others = findings.filter((finding) => !above.has(finding));
  const lines = others.map(lineOf);
  if (!others.every(({ note }) => note)) return lines;
  const head = others.length === findings.length ? `ok       ${passed}` : `-        ${titleOf(passed)}: see above`;
  return [head, ...lines];
}

/** Returns the part of a section's text before its colon. */
function titleOf(passed: string): string {
  return passed.split(":")[0] ?? passed;
}

function lineOf({ unknown, note, what, next }: Finding): string {
  const word = note ? "-      " : unknown ? "unknown" : "fault  ";
  return `${word}  ${what}; next: ${next}`;
}
