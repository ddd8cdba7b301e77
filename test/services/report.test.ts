import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { parseOptions } from "../../load-test/options.ts";
import type { RunRecord } from "../../load-test/record.ts";
import { renderHtml } from "../../load-test/report/html.ts";
import { makeReport } from "../../load-test/report/report.ts";
import { goodDirectRun, goodRun } from "../../load-test/testing.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { DESKTOP, inOrder, PHONE, startBrowser, visit } from "./support/browser.ts";

const CHARTS = 6;
const hosts = ["manager", "worker-1", "kafka", "load-generator"].map((name) => ({
  ...{ name, role: name, privateIp: "10.0.0.4", labels: {}, hostKey: "ssh-ed25519 A" },
}));

let browser: Browser;
let folder: string;
before(async () => {
  [browser, folder] = await Promise.all([startBrowser(), mkdtemp(join(tmpdir(), "report-"))]);
});
after(async () => {
  await Promise.all([browser.close(), rm(folder, { recursive: true })]);
});

/** Writes the report of these runs as `./run event` does, and returns its URL. */
async function reportOf(name: string, records: RunRecord[]): Promise<string> {
  const stack = {
    ...{ apiUrl: "http://gifticon-event-1234567890.ap-northeast-2.elb.amazonaws.com", managerPublicIp: "203.0.113.9" },
    ...({ mode: "kafka", loadGenerator: "k6", nodes: hosts } as const),
  };
  const report = makeReport(records, parseOptions([]), stack, { "Node.js": "v24.0.0" });
  const file = join(folder, `${name}.html`);
  await writeFile(file, renderHtml(report));
  return pathToFileURL(file).href;
}

/** Returns a run with many violations and doubts, which makes the longest report. */
function brokenRun(): RunRecord {
  const run = goodRun(500);
  run.evidence.rows.splice(100, 30);
  const { end } = run.evidence;
  if (end) Object.assign(end, { rows: end.rows - 30, stock: { total: 1_000, remaining: 1_000 - 3 - 470 } });
  run.generator = { ...run.generator, exitCode: 107, errorOutput: "a script error ".repeat(20) };
  return run;
}

describe("the load test's report in a browser", () => {
  const [light, dark] = ["light", "dark"] as const;
  for (const [name, records, schemes] of [
    ["of two runs to compare", [goodDirectRun(800), goodRun(800)], [light, dark]],
    ["of one run that failed", [brokenRun()], [dark]],
  ] as const) {
    for (const width of [DESKTOP, PHONE]) {
      for (const colorScheme of schemes) {
        test(`${name}, ${width} px wide, ${colorScheme}: has no fault, draws each chart, and sends no requests`, async () => {
          const url = await reportOf(name, [...records]);
          await using visited = await visit(browser, url, { width, colorScheme });
          const { page, problems } = visited;
          await inOrder(page, problems);
          // A chart with lines has more colours than those of axes and grid.
          const colours = await page.evaluate<number[]>(
            `[...document.querySelectorAll(".plot canvas")].map((canvas) => {
               const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
               const seen = new Set();
               for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
               return seen.size;
             })`,
          );
          assert.equal(colours.length, CHARTS * records.length);
          for (const count of colours) assert.ok(count > 2, `a chart of ${count} colours`);
        });
      }
    }
  }

  test("draws its charts again when the reader's screen becomes dark or narrow", async () => {
    await using visited = await visit(browser, await reportOf("turning", [goodRun()]), {
      ...{ width: DESKTOP, colorScheme: "light" },
    });
    const { page, problems } = visited;
    const drawing = () => page.evaluate<string>(`document.querySelector(".plot canvas").toDataURL()`);
    const light = await drawing();
    await page.emulateMedia({ colorScheme: "dark" });
    await waitUntil("the charts to be drawn in the other colours", async () => (await drawing()) !== light);
    await page.setViewportSize({ width: PHONE, height: 844 });
    await waitUntil("the charts to fit", () =>
      page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"),
    );
    await inOrder(page, problems);
  });
});
