import { factsOf } from "./facts.ts";
import type { Report } from "./report.ts";
import { rowsOf } from "./rows.ts";
import { headline } from "./headline.ts";

/** Renders a short report for a pull request. */
export function renderMarkdown(report: Report): string {
  const { runs } = report;
  const reasons = runs.flatMap(({ mode, verdict }) =>
    [...verdict.violations, ...verdict.doubts].map((reason) => `- ${mode}: ${reason}`),
  );
  return [
    `## Load test: ${report.outcome}`,
    "",
    headline(report),
    "",
    ...(reasons.length > 0 ? [...reasons, ""] : []),
    `| | ${runs.map(({ mode }) => (mode === "kafka" ? "with Kafka" : "direct")).join(" | ")} |`,
    `| --- | ${runs.map(() => "---:").join(" | ")} |`,
    ...rowsOf(report).map(({ name, values, context }) => {
      const mark = context ? "_" : "";
      return `| ${mark}${name}${mark} | ${values.map((value) => `${mark}${value}${mark}`).join(" | ")} |`;
    }),
    "",
    ...runs.flatMap(({ mode, verdict }) => verdict.notes.map((note) => `- ${mode}: ${note}`)),
    "",
    "Environment:",
    "",
    ...factsOf(report).map(([name, value]) => `- ${name}: ${value}`),
    "",
  ].join("\n");
}
