import type { Case } from "./case.ts";
import type { CaseVerdict } from "./verdict.ts";

/** Result of a case. */
export interface CaseResult extends Pick<Case, "name" | "family" | "description"> {
  /** Observations of the fault. */
  observations: readonly string[];
  /** Absent when the case ended before the verdict. */
  verdict?: CaseVerdict;
  /** Time from the end of the load until the queue was empty, in milliseconds. */
  drainedMs?: number;
  /** Broken promises. Empty when the case has passed. */
  violations: readonly string[];
}

const seconds = (ms: number | undefined) => (ms === undefined ? "-" : `${(ms / 1_000).toFixed(1)} s`);

/** Formats a share in percent. Truncates it, so that 99.999 % isn't shown as 100 %. */
const percent = (share: number) => `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;

function errorsOf({ figures }: CaseVerdict): string {
  const errors = Object.entries(figures.errors).map(([kind, count]) => `${count} × ${kind}`);
  return errors.length === 0 ? "none" : errors.join(", ");
}

const lostOf = ({ lost }: CaseVerdict) => (lost === 0 ? "" : `, ${lost} more lost with the topic`);

/**
 * Renders a result for the terminal, without the observations, which were printed during the run.
 */
export function renderLine({ verdict, drainedMs, violations }: CaseResult): string {
  const lines: string[] = [];
  if (verdict !== undefined) {
    const { figures, findings, recoveryMs } = verdict;
    lines.push(
      `  clients: ${percent(figures.availability)} of ${figures.asked} accepted, longest gap ${seconds(figures.longestGapMs)}, errors: ${errorsOf(verdict)}`,
      `  recovery: well after ${seconds(recoveryMs)}, queue empty ${seconds(drainedMs)} after the load's end`,
      `  reconciliation: ${findings.accepted} accepted; ${findings.issued} issued, ${findings.duplicate} duplicate, ${findings.soldOut} sold out${lostOf(verdict)}`,
    );
  }
  lines.push(
    ...violations.map((violation) => `  WRONG: ${violation}`),
    violations.length > 0 ? "  FAILED" : "  passed",
  );
  return lines.join("\n");
}

/** Renders a table of all results, and a list of their observations and violations. */
export function renderMarkdown(results: readonly CaseResult[]): string {
  const rows = results.map(({ name, verdict, drainedMs, violations }) => [
    `\`${name}\``,
    verdict ? percent(verdict.figures.availability) : "-",
    seconds(verdict?.figures.longestGapMs),
    verdict ? errorsOf(verdict) : "-",
    seconds(verdict?.recoveryMs),
    seconds(drainedMs),
    verdict ? `${verdict.findings.accepted} accepted, ${verdict.findings.issued} issued${lostOf(verdict)}` : "-",
    violations.length === 0 ? "passed" : "failed",
  ]);
  const head = [
    "case",
    "accepted",
    "longest gap",
    "errors",
    "well after",
    "queue empty after",
    "reconciliation",
    "verdict",
  ];
  const table = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  const seen = results.map(({ name, observations, violations }) => {
    const lines = [...observations, ...violations.map((violation) => `**wrong:** ${violation}`)];
    return `- \`${name}\`: ${lines.join("; ").replaceAll("\n", " ")}\n`;
  });
  return `${table.join("")}\n${seen.join("")}`;
}
