import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { LOAD_TEST_USERS } from "@gifticon/contract/facts/load-test-users.ts";
import { execa } from "execa";
import { request } from "undici";
import { requestIdOf } from "../../load-test/plan.ts";
import type { Report } from "../../load-test/report/report.ts";
import { onHost } from "../../operate/local-hosts.ts";
import type { EventRun, LocalStack } from "../../operate/local-stack.ts";
import { Canary, secretsOfState } from "../support/security/canary.ts";
import { waitUntil } from "../../operate/wait-until.ts";

/**
 * Enough for some thousand requests, and few enough that a busy machine of 2 cores answers all of
 * them in time.
 */
const USERS = ["--users", "250"];
/**
 * Users of the run, by number, whom the planted faults strike. None of them asks twice or follows
 * the request: k6/users.js.
 */
const FORGOTTEN = 5;
const SKIPPED = 12;

/** The load test's part of the story: `./run event`, as an operator calls it. */
export class LoadTest {
  readonly #stack: LocalStack;
  #repair: (() => Promise<void>)[] = [];

  constructor(stack: LocalStack) {
    this.#stack = stack;
  }

  /** `./run event` on the stack, with its report. */
  async #event(...args: Parameters<LocalStack["event"]>): Promise<EventRun & { report?: Report }> {
    return (await this.#stack.event(...args)) as EventRun & { report?: Report };
  }

  /** Nothing is run, and it is said why. */
  async refuses(args: readonly string[], words: RegExp): Promise<void> {
    const refused = await this.#event(args);
    assert.equal(refused.exitCode, 2, refused.words);
    assert.match(refused.words, words);
    assert.equal(refused.report, undefined);
  }

  /**
   * Each input that can't be run is refused by what is allowed, and the generator has done nothing.
   */
  async refusesBadInput(): Promise<void> {
    const files = Number(await this.#inGenerator("ulimit -H -n"));
    // On a machine with a higher limit of open files, the ports are the limit.
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
      this.refuses(["--stack", "absent"], /^error: there is no stack absent here: .*\nStand it up: /m),
    ]);
    assert.equal(await this.#inGenerator("ls /tmp"), "");
  }

  /**
   * Breaks both services, from the next up on: the API forgets one request after it has promised
   * it, and the issuer skips one record.
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
        "    else chunk.asked.push({ record, request: decoded });",
        `    else if (decoded.userId === ${user(SKIPPED)}) continue;`,
      ),
    ]);
  }

  /**
   * A run over the planted faults fails, and tells them and nothing else. The next up is one
   * without them.
   */
  async findsPlantedFaults(): Promise<void> {
    // Errors aren't what this is about.
    const { exitCode, words, report } = await this.#event([...USERS, "--seconds", "3", "--max-error-rate", "1"]);
    const run = report?.runs[0] ?? assert.fail(words);
    const id = (number: number) => requestIdOf(run.plan, number, false);
    assert.deepEqual(
      run.verdict.violations.filter((violation) => !violation.includes("were accepted or turned away")).sort(),
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

  /** Ctrl-C stops the generator, and what has been seen until then is judged and reported. */
  async endsInOrder(): Promise<void> {
    const { apiUrl } = await this.#stack.outputs();
    const issued = async () => {
      const response = await request(`${apiUrl}/stats`);
      return ((await response.body.json()) as { issued: number }).issued;
    };
    const { exitCode, words, report } = await this.#event(
      ["--mode", "direct", ...USERS, "--seconds", "600"],
      async (said) => {
        const come = () => {
          if (said().includes("250 users for 600 s")) return true;
          throw new Error(`said so far: ${said()}`);
        };
        await waitUntil("the users to come", come, { timeoutMs: 600_000 });
        const before = await issued();
        await waitUntil("the users to be served", async () => (await issued()) > before + 100);
      },
    );
    const { verdict, mode } = report?.runs[0] ?? assert.fail(words);
    assert.deepEqual(
      [exitCode, report?.outcome, mode, verdict.violations, verdict.doubts],
      [1, "invalid", "direct", [], ["it was ended early"]],
    );
    assert.ok(verdict.figures.accepted > 0);
    assert.equal(await this.#inGenerator("grep -lsx k6 /proc/[0-9]*/comm || true"), "");
    await access(join(this.#stack.reports, "latest.html"));
  }

  /**
   * Without Kafka and with it, one after the other: every promise is kept, and the API ends in the
   * mode it began in.
   */
  async passesInBothModes(): Promise<void> {
    const spec = () =>
      onHost(this.#stack.account, "manager", [
        "docker",
        "service",
        "inspect",
        "gifticon_main-api",
        "--format",
        "{{json .Spec}}",
      ]);
    const before = await spec();
    const { exitCode, words, report } = await this.#event(["--compare", ...USERS, "--seconds", "8"]);
    assert.ok(report, words);
    assert.deepEqual(
      report.runs.map(({ mode, verdict: { outcome, violations, doubts } }) => ({ mode, outcome, violations, doubts })),
      ["direct", "kafka"].map((mode) => ({ mode, outcome: "passed", violations: [], doubts: [] })),
      words,
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
    return onHost(this.#stack.account, "load-generator", ["sh", "-c", `docker exec ${container} sh -c '${script}'`]);
  }
}
