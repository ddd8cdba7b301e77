import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HOSTS } from "@gifticon/contract/facts/names.ts";
import { runCommand } from "../operate/arguments.ts";
import { type EventOptions, parseOptions, USAGE } from "./options.ts";
import { Progress } from "./progress.ts";
import type { RunRecord } from "./record.ts";
import { renderHtml } from "./report/html.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { makeReport, type Report } from "./report/report.ts";
import { readServices, SERVICES_FORMAT, type RunningService } from "./report/services.ts";
import { headline, OUTCOME_HEADINGS } from "./report/headline.ts";
import { Runner } from "./run/runner.ts";
import { SshHosts } from "../operate/ssh-hosts.ts";
import { NotReadyError, readProgramKey, readOutputsWithK6 } from "../operate/stack-outputs.ts";

// `./run event`. Exit codes: 0 passed, 1 failed or invalid, 2 could not start.
await runCommand(USAGE, async (args) => {
  const options = parseOptions(args);
  try {
    const report = await test(options);
    return report.outcome === "passed" ? 0 : 1;
  } catch (error) {
    console.error(`error: ${error instanceof NotReadyError ? error.message : describe(error)}`);
    return 2;
  }
});

async function test(options: EventOptions): Promise<Report> {
  const stack = await readOutputsWithK6(options.stack);
  const { identity } = options;
  await using hosts = await SshHosts.open(
    stack,
    identity === undefined ? { key: await readProgramKey(options.stack) } : { file: identity },
  );
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (stop.signal.aborted) {
        // A second signal leaves at once.
        hosts.end();
        process.exit(130);
      }
      stop.abort();
    });
  }
  const progress = new Progress();
  const runner = new Runner(stack, hosts, progress, stop.signal);
  const records: RunRecord[] = [];
  // Read before the runs, so that a host that stops answering can't spoil the report.
  const ranWith = await Promise.all([versions(hosts), services(hosts)]);
  try {
    for (const mode of options.modes) {
      if (stop.signal.aborted) break;
      // In a comparison, errors without Kafka are a result and no failure. All other checks apply.
      const compared = options.modes.length > 1 && mode === "direct";
      const record = await runner.run(mode, options, compared ? 1 : options.maxErrorRate);
      if (record) records.push(record);
    }
  } finally {
    await runner.restore();
  }
  if (records.length === 0)
    throw new NotReadyError("the test was ended before its first user, so there is nothing to report");
  const began = performance.now();
  const report = makeReport(records, options, stack, ...ranWith);
  const files = await write(report, options.out);
  progress.step(`report written in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  print(report, files, options.json);
  return report;
}

/** Writes the report under its time and as `latest`. Returns the files. */
async function write(report: Report, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const name = report.createdAt.slice(0, 19).replaceAll(":", "-");
  const texts = {
    html: renderHtml(report),
    json: `${JSON.stringify(report, undefined, 1)}\n`,
    md: renderMarkdown(report),
  };
  return Promise.all(
    Object.entries(texts).map(async ([kind, text]) => {
      const file = join(folder, `${name}.${kind}`);
      await Promise.all([writeFile(file, text), writeFile(join(folder, `latest.${kind}`), text)]);
      return file;
    }),
  );
}

/** Prints the verdict, or the report as JSON. */
function print(report: Report, files: readonly string[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify(report));
    return;
  }
  console.log(`\n${OUTCOME_HEADINGS[report.outcome]}. ${headline(report)}`);
  for (const { mode, verdict } of report.runs) {
    for (const reason of [...verdict.violations, ...verdict.doubts]) console.log(`  ${mode}: ${reason}`);
    for (const note of verdict.notes) console.log(`  ${mode} (note): ${note}`);
  }
  console.log(`\n${files.join("\n")}`);
}

/** Lists the Swarm's services. */
async function services(hosts: SshHosts): Promise<RunningService[]> {
  return readServices(await hosts.run(HOSTS.manager, ["sudo", "docker", "service", "ls", "--format", SERVICES_FORMAT]));
}

/** Returns the versions of the tools. */
async function versions(hosts: SshHosts): Promise<Record<string, string>> {
  const docker = await hosts.run(HOSTS.manager, ["sudo", "docker", "version", "--format", "{{.Server.Version}}"]);
  const { version, dependencies } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return {
    "gifticon-event": version,
    Pulumi: dependencies["@pulumi/pulumi"] ?? "",
    "Node.js": process.version,
    Docker: docker,
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.stack ?? error.message;
}
