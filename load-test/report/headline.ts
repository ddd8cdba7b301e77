import type { Report } from "./report.ts";
import { number, percent } from "./rows.ts";

/** Summarises the test in one or two sentences. */
export function headline({ runs, options }: Report): string {
  const crowd =
    options.model === "open"
      ? `${number(options.rate)} new users a second for ${options.seconds} s`
      : `${number(options.users)} users at once for ${options.seconds} s`;
  const sentences = runs.map(({ mode, verdict: { figures, findings } }) => {
    const way = mode === "kafka" ? "With Kafka" : "Without a queue";
    const lost = findings.violations.length;
    return (
      `${way} ${number(figures.accepted)} requests were accepted, ${number(figures.acceptedPerSecond)} a second, ` +
      `${percent(figures.errorRate)} ended in an error, and ${lost === 0 ? "nothing was lost, doubled or oversold" : lost === 1 ? "1 promise was broken" : `${number(lost)} promises were broken`}.`
    );
  });
  return `${crowd}. ${sentences.join(" ")}`;
}

/** Outcomes as headings. */
export const OUTCOME_HEADINGS = {
  passed: "Passed",
  failed: "Failed",
  invalid: "Invalid: the run can't tell",
} as const;
