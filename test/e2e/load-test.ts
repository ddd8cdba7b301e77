import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { execa } from "execa";
import { request } from "undici";
import { requestIdOf } from "../../load-test/plan.ts";
import type { Report } from "../../load-test/report/report.ts";
import { runOnHost } from "../../operate/local-hosts.ts";
import type { EventRun, LocalStack } from "../../operate/local-stack.ts";
import { Canary, secretsOfState } from "../support/security/canary.ts";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";

/**
 * Enough users for some thousand requests, and few enough that a busy machine with 2 cores answers
 * all of them in time.
 */
const USERS = ["--users", "250"];
/**
 * Numbers of the users whose requests the planted faults lose. Neither of them asks twice or polls
 * the status: k6/users.js.
 */
const FORGOTTEN = 5;
const SKIPPED = 12;

/** The load test's steps of the story: `./run event`, as an operator calls it. */
export class LoadTest {
  readonly #stack: LocalStack;
  #repair: (() => Promise<void>)[] = [];

  constructor(stack: LocalStack) {
    this.#stack = stack;
  }

  /** Runs `./run event` on the stack, and returns its report. */
  async #event(...args: Parameters<LocalStack["event"]>): Promise<EventRun & { report?: Report }> {
    return (await this.#stack.event(...args)) as EventRun & { report?: Report };
  }

  /** Checks that nothing runs and that the error explains it. */
  async refuses(args: readonly string[], message: RegExp): Promise<void> {
    const refused = await this.#event(args);
    assert.equal(refused.exitCode, 2, refused.progress);
    assert.match(refused.progress, message);
    assert.equal(refused.report, undefined);
  }

  /** Checks that each invalid input is refused with the allowed values, and that nothing ran. */
  async refusesBadInput(): Promise<void> {
    const files = Number(await this.#inGenerator("ulimit -H -n"));
    // On a machine with a higher limit of open files, the number of ports is the limit.
    const most = Math.min(50_000, files - 100);
    const beyond =
      most === 50_000
        ? /allowed is a whole number from 1 to 50000$/m
        : new RegExp(`may open ${files} files.*--users ${most}$`, "m");
    await Promise.all([
      this.refuses(["--users", "0"], /^error: --users is "0"; allowed is a whole number from 1 to 50000$/m),
      this.refuses(["--users", "-5"], /^error: --users is "-5"; allowed is a whole number from 1 to 50000$/m),
      this.refuses(["--users", String(most + 1)], beyond),
      this.refuses(["--mode", "fast"], /^error: --mode is "fast"; allowed is one of kafka, direct$/m),
      this.refuses(["--stack", "absent"], /^error: there is no stack absent: .*\nStart it: /m),
    ]);
    assert.equal(await this.#inGenerator("ls /tmp"), "");
  }

  /**
   * Breaks both services from the next up on: the API forgets one request after it accepted it, and
   * the issuer skips one record.
   */
  async plantFaults(): Promise<void> {
    const user = (number: number) => `${LOAD_TEST_USERS.first + number}n`;
    this.#repair = await Promise.all([
      this.#plant(
        "services/main-api/kafka-acceptor.ts",
        "      return batcher.submit(request);",
        `      if (request.userId === ${user(FORGOTTEN)}) return Promise.resolve({ requestId: request.requestId, status: "queued" });`,
      ),
      this.#plant(
        "services/gifticon-issuer/batch-handler.ts",
        "    else chunk.requests.push({ record, request: decoded });",
        `    else if (decoded.userId === ${user(SKIPPED)}) continue;`,
      ),
    ]);
  }

  /**
   * Checks that a run finds the planted faults and nothing else. Removes them afterwards; the next
   * up deploys that.
   */
  async findsPlantedFaults(): Promise<void> {
    // This check is not about the error rate.
    const { exitCode, progress, report } = await this.#event([...USERS, "--seconds", "3", "--max-error-rate", "1"]);
    const run = report?.runs[0] ?? assert.fail(progress);
    const id = (number: number) => requestIdOf(run.plan, number, false);
    assert.deepEqual(
      run.verdict.violations.filter((violation) => !violation.includes("were accepted or rejected")).sort(),
      [
        `lost: record of request ${id(SKIPPED)} has no row`,
        `lost: request ${id(FORGOTTEN)} was answered 202 and has no row`,
        `lost: request ${id(FORGOTTEN)} was answered 202 and isn't in the topic`,
        `lost: request ${id(SKIPPED)} was answered 202 and has no row`,
      ].sort(),
    );
    assert.deepEqual([exitCode, report?.outcome, run.verdict.doubts], [1, "failed", []]);
    for (const repair of this.#repair) await repair();
  }

  /** Checks that Ctrl-C stops the generator, and that the run is reported until then. */
  async endsInOrder(): Promise<void> {
    const { apiUrl } = await this.#stack.outputs();
    const issued = async () => {
      const response = await request(`${apiUrl}/stats`);
      return ((await response.body.json()) as { issued: number }).issued;
    };
    const { exitCode, progress, report } = await this.#event(
      ["--mode", "direct", ...USERS, "--seconds", "600"],
      async (output) => {
        const haveCome = () => {
          if (output().includes("250 users for 600 s")) return true;
          throw new Error(`output so far: ${output()}`);
        };
        await waitUntil("the users to come", haveCome, { timeoutMs: 600_000 });
        const before = await issued();
        await waitUntil("the users to be served", async () => (await issued()) > before + 100);
      },
    );
    const { verdict, mode } = report?.runs[0] ?? assert.fail(progress);
    assert.deepEqual(
      [exitCode, report?.outcome, mode, verdict.violations, verdict.doubts],
      [1, "invalid", "direct", [], ["it was ended early"]],
    );
    assert.ok(verdict.figures.accepted > 0);
    assert.equal(await this.#inGenerator("grep -lsx k6 /proc/[0-9]*/comm || true"), "");
    await access(join(this.#stack.reports, "latest.html"));
  }

  /**
   * Checks that a run in each mode keeps every promise, and that the API ends in the mode in which
   * it began.
   */
  async passesInBothModes(): Promise<void> {
    const spec = () =>
      runOnHost(this.#stack.account, "manager", [
        "docker",
        "service",
        "inspect",
        "gifticon_main-api",
        "--format",
        "{{json .Spec}}",
      ]);
    const before = await spec();
    const { exitCode, progress, report } = await this.#event(["--compare", ...USERS, "--seconds", "8"]);
    assert.ok(report, progress);
    assert.deepEqual(
      report.runs.map(({ mode, verdict: { outcome, violations, doubts } }) => ({ mode, outcome, violations, doubts })),
      ["direct", "kafka"].map((mode) => ({ mode, outcome: "passed", violations: [], doubts: [] })),
      progress,
    );
    for (const { verdict } of report.runs) assert.ok(verdict.findings.issued > 250, JSON.stringify(verdict));
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(await spec()), JSON.parse(before));

    await using canary = await Canary.of(await secretsOfState(this.#stack));
    const written = ["find", this.#stack.reports, "-type", "f"];
    assert.ok((await execa("find", written.slice(1))).stdout.split("\n").length > 2, "nothing was written");
    assert.deepEqual(await canary.inOutput([...written, "-exec", "cat", "{}", "+"]), []);
  }

  async #plant(file: string, honest: string, broken: string): Promise<() => Promise<void>> {
    return this.#stack.edit(file, (text) => {
      assert.ok(text.includes(honest), `${file} has no line ${honest}`);
      return text.replace(honest, `${broken}\n${honest}`);
    });
  }

  #inGenerator(script: string): Promise<string> {
    const container = '"$(docker ps -qf label=com.docker.swarm.service.name=load-test_k6)"';
    return runOnHost(this.#stack.account, "load-generator", ["sh", "-c", `docker exec ${container} sh -c '${script}'`]);
  }
}
