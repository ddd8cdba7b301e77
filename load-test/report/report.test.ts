import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "../options.ts";
import type { StackOutputs } from "../../operate/stack-outputs.ts";
import { goodDirectRun, goodRun } from "../testing.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import { makeReport } from "./report.ts";

const stack: StackOutputs = {
  ...{ apiUrl: "http://api.example", managerPublicIp: "203.0.113.9", mode: "kafka", loadGenerator: "k6" },
  nodes: [{ name: "manager", role: "manager", privateIp: "10.0.0.4", labels: {}, hostKey: "ssh-ed25519 A" }],
};
const report = (records = [goodDirectRun(), goodRun()]) =>
  makeReport(records, parseOptions(["--compare"]), stack, { Pulumi: "3.0.0" });

test("the page loads nothing else and contains the data of each run", () => {
  const html = renderHtml(report());
  assert.doesNotMatch(html, /<(script|link|img|iframe)[^>]*\s(src|href)=/);
  assert.doesNotMatch(html, /@import|url\(/);
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  const { runs } = JSON.parse(data) as { runs: { series: { accepted: number[] } }[] };
  assert.deepEqual(
    runs.map(({ series }) => series.accepted.reduce((sum, count) => sum + count, 0)),
    [100, 100],
  );
});

test("a comparison shows the original's figures as context", () => {
  const markdown = renderMarkdown(report());
  assert.match(
    markdown,
    /_Errors of the original, hand-built system \(nGrinder; context, not ours\)_ \| _68\.06 %_ \| _37\.49 %_/,
  );
  assert.doesNotMatch(renderMarkdown(report([goodRun()])), /68\.06/);
});

test("the summary has errors by class, times, limits and parameters", () => {
  const run = goodRun();
  for (const [index, change] of [
    { status: 0, error: 1212 },
    { status: 503, retryAfter: true },
    { status: 404 },
  ].entries())
    Object.assign(run.log.answers[index] ?? assert.fail(), change);
  for (const answer of run.log.answers) answer.delay = 400;
  const stacked = makeReport([run], parseOptions([]), stack, { Pulumi: "3.0.0" }, [
    { name: "gifticon_main-api", tasks: "4/4 running", image: "registry.example/main-api@sha256:1" },
  ]);
  const markdown = renderMarkdown(stacked);
  for (const line of [
    "| Errors | 3 (3.00 %) |",
    "| of these refused | 1 |",
    "| of these 503 with Retry-After | 1 |",
    "| of these 4xx | 1 |",
    "| Slowest acceptance to issue | 50 ms |",
    "| Highest lag of the topic | 7 |",
    "| Most database connections | 20 of 81 |",
    "| Busiest host but the generator | worker-1, 1.0 of 2 cores |",
    "| Generator's longest delay | 400 ms |",
    "| Generator's use of its own cores | 12.50 % |",
    "- gifticon_main-api: 4/4 running, registry.example/main-api@sha256:1",
    "- Pulumi: 3.0.0",
  ])
    assert.ok(markdown.split("\n").includes(line), `${line}\n${markdown}`);
  assert.match(
    markdown,
    /^- kafka: the generator limited the load: 5 % of the requests were sent more than 400 ms late/m,
  );
});

test("the outcome is the worst of the runs, and its reasons come first", () => {
  const broken = goodRun();
  if (broken.evidence.end) broken.evidence.end.stock.remaining++;
  const failed = report([goodDirectRun(), broken]);
  assert.equal(failed.outcome, "failed");
  assert.match(renderHtml(failed), /class="verdict failed"><strong>Failed<\/strong>/);
  assert.match(renderMarkdown(failed), /^## Load test: failed$/m);
});

test("foreign text is escaped", () => {
  const run = goodRun();
  run.startState.databaseVersion = "<script>alert(1)</script>";
  assert.doesNotMatch(renderHtml(report([run])), /<script>alert/);
});

test("the series show the run second by second", () => {
  const [run] = report([goodRun(250)]).runs;
  assert.ok(run);
  assert.deepEqual(run.series.offered.slice(0, 3), [100, 100, 50]);
  assert.deepEqual(run.series.waiting.slice(0, 2), [5, 5]);
  assert.deepEqual(run.series.cpu["load-generator"]?.slice(0, 3), [null, 0.5, 0.5]);
  assert.deepEqual(run.verdict.figures.latency, { count: 250, p50: 20, p95: 20, p99: 20, max: 20 });
});
