import type { Case } from "./case.ts";
import type { Verdict } from "./verdict.ts";

/** How a case went. */
export interface CaseResult extends Pick<Case, "name" | "family" | "what"> {
  /** What was seen of the fault. */
  proofs: readonly string[];
  /** Undefined when the case ended before there was anything to judge. */
  verdict?: Verdict;
  /** From the load's end until nothing waited in the topic, in milliseconds. */
  drainedMs?: number;
  /** What is wrong; empty when the case has passed. */
  violations: readonly string[];
}

const seconds = (ms: number | undefined) => (ms === undefined ? "-" : `${(ms / 1_000).toFixed(1)} s`);

/** Cut off and not rounded: 99.99 % are not 100 %. */
const percent = (share: number) => `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;

function errorsOf({ figures }: Verdict): string {
  const errors = Object.entries(figures.errors).map(([kind, count]) => `${count} × ${kind}`);
  return errors.length === 0 ? "none" : errors.join(", ");
}

const lostOf = ({ lost }: Verdict) => (lost === 0 ? "" : `, ${lost} more lost with the topic`);

/** A case for the terminal; what was seen of its fault has been told as it was seen. */
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

/** All cases: a table of their figures, and below it what was seen of each fault, and of what is wrong. */
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
  const seen = results.map(({ name, proofs, violations }) => {
    const told = [...proofs, ...violations.map((violation) => `**wrong:** ${violation}`)];
    return `- \`${name}\`: ${told.join("; ").replaceAll("\n", " ")}\n`;
  });
  return `${table.join("")}\n${seen.join("")}`;
}
