import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { factsOf } from "./facts.ts";
import type { Report, ReportedRun } from "./report.ts";
import { milliseconds, number, percent, rowsOf } from "./rows.ts";
import { headline, OUTCOME_HEADINGS } from "./headline.ts";

const CHARTS = [
  ["traffic", "Requests a second", "Sent by the users, accepted, decided, and failed."],
  ["waiting", "Waiting to be decided", "Requests that were accepted and are not decided yet."],
  ["latency", "Latency by second", "From sending a request to its answer, as the users see it."],
  [
    "distribution",
    "Distribution, % of requests",
    "Share of the requests that were answered, and decided, within this time.",
  ],
  ["connections", "Database connections", "Of all services together: open, and with a running statement."],
  ["cpu", "CPU of the hosts, in cores", "Including the load generator's."],
] as const;

/** Renders the report as one HTML file that loads nothing else. */
export function renderHtml(report: Report): string {
  const { runs } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test: ${escape(report.outcome)}</title>
<style>${packaged("uPlot.min.css")}${own("page.css")}</style>
</head>
<body>
<main>
<h1>Load test of the gifticon event</h1>
<p class="soft">${escape(report.createdAt.replace("T", " ").slice(0, 16))} UTC · stack ${escape(report.stack.name)} · ${runs.map(({ mode }) => mode).join(" and ")}</p>
${verdict(report)}
<div class="columns">${runs.map(tiles).join("")}</div>
${runs.length > 1 ? `<h2>Side by side</h2>${table(report)}` : ""}
<h2>Over time</h2>
<div class="columns">${runs.length > 1 ? runs.map((run, index) => `<div>${runTitle(run)}${CHARTS.map((chart) => plot(chart, index)).join("")}</div>`).join("") : CHARTS.map((chart) => plot(chart, 0)).join("")}</div>
${runs.length > 1 ? "" : `<h2>Figures</h2>${table(report)}`}
<h2>Notes</h2>
<div class="columns">${runs.map((run) => `<div class="card">${runTitle(run)}<ul class="notes">${run.verdict.notes.map((note) => `<li>${escape(note)}</li>`).join("")}</ul></div>`).join("")}</div>
<h2>Environment</h2>
<div class="card">${facts(report)}</div>
</main>
<script type="application/json" id="data">${JSON.stringify({ runs: runs.map(({ series, distribution }) => ({ series, distribution })), shares: report.shares, generator: HOSTS.loadGenerator }).replaceAll("<", "\\u003c")}</script>
<script>${packaged("uPlot.iife.min.js")}</script>
<script>${own("page.js")}</script>
</body>
</html>
`;
}

function verdict(report: Report): string {
  const reasons = report.runs.flatMap(({ mode, verdict: { violations, doubts } }) =>
    [...violations, ...doubts].map((reason) => `<li>${mode}: ${escape(reason)}</li>`),
  );
  return `<section class="verdict ${report.outcome}"><strong>${OUTCOME_HEADINGS[report.outcome]}</strong>
<p>${escape(headline(report))}</p>${reasons.length > 0 ? `<ul>${reasons.join("")}</ul>` : ""}</section>`;
}

function tiles(run: ReportedRun): string {
  const { figures, findings } = run.verdict;
  const tile = (value: string, what: string, mood = "") =>
    `<div class="tile ${mood}"><b>${escape(value)}</b><span>${escape(what)}</span></div>`;
  const mood = (bad: boolean) => (bad ? "bad" : "good");
  return `<div>${runTitle(run, 2)}<div class="tiles">${[
    tile(number(figures.acceptedPerSecond), "accepted a second"),
    tile(percent(figures.errorRate), "errors", mood(figures.errorRate > 0)),
    tile(milliseconds(figures.latency.p99), "answer, p99"),
    tile(milliseconds(figures.timeToIssue.p99), "acceptance to issue, p99"),
    tile(number(findings.issued), "issued"),
    tile(number(findings.violations.length), "promises broken", mood(findings.violations.length > 0)),
  ].join("")}</div></div>`;
}

function runTitle({ mode, verdict: { outcome } }: ReportedRun, level: 2 | 3 = 3): string {
  return `<h${level} class="run">${mode === "kafka" ? "With Kafka" : "Direct, without a queue"}<span class="badge ${outcome}">${outcome}</span></h${level}>`;
}

function table(report: Report): string {
  const head = report.runs
    .map(({ mode }) => `<th scope="col">${mode === "kafka" ? "with Kafka" : "direct"}</th>`)
    .join("");
  const body = rowsOf(report).map(
    ({ name, values, context }) =>
      `<tr${context ? ' class="context"' : ""}><th scope="row">${escape(name)}</th>${values.map((value) => `<td>${escape(value)}</td>`).join("")}</tr>`,
  );
  return `<div class="card table"><table><thead><tr><td></td>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function plot([id, title, what]: (typeof CHARTS)[number], index: number): string {
  return `<figure class="card chart"><h3>${title}</h3><p class="soft small">${what}</p><div class="plot" id="${id}-${index}" role="img" aria-label="${title}"></div></figure>`;
}

function facts(report: Report): string {
  return `<dl>${factsOf(report)
    .map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`)
    .join("")}</dl>`;
}

function own(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

function packaged(file: string): string {
  const entry = fileURLToPath(import.meta.resolve("uplot"));
  return readFileSync(`${entry.slice(0, entry.lastIndexOf("/dist/"))}/dist/${file}`, "utf8");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
