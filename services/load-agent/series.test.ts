import assert from "node:assert/strict";
import { test } from "node:test";
import { readSeries } from "./series.ts";

const TEXT = `# HELP gifticon_requests_total Requests for a gifticon, by how they were answered.
# TYPE gifticon_requests_total counter
gifticon_requests_total{outcome="queued"} 1200
gifticon_requests_total{zone="a",outcome="overloaded"} 3
gifticon_requests_total_other 9
process_cpu_seconds_total 12.5
`;

test("reads a metric by the value of its label, and no metric with a longer name", () => {
  assert.deepEqual(readSeries(TEXT, "gifticon_requests_total", "outcome"), { queued: 1200, overloaded: 3 });
});

test("reads a metric without labels, and nothing without the metric", () => {
  assert.deepEqual(readSeries(TEXT, "process_cpu_seconds_total"), { "": 12.5 });
  assert.deepEqual(readSeries(TEXT, "absent"), {});
});
