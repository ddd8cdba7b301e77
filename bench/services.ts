import { cpus } from "node:os";
import { z } from "zod";
import { readArguments } from "../operate/arguments.ts";
import { startBacking } from "../services/testing/backing.ts";
import { bundleForBench, type Candidate } from "./support/candidates.ts";
import { type ApiRow, measureApi, measureConnections } from "./support/measure-api.ts";
import { fillTopic, type IssuerRow, measureIssuer } from "./support/measure-issuer.ts";

/**
 * Speed and memory of the services beside prototypes of 40 lines, in turns on the same broker and
 * database: requests from 200 connections, 6,000 connections, a backlog of 1,000,000. Reported,
 * never asserted: `./run bench services [api] [connections] [issuer] [--short] [--json]`; without a
 * part, all of them. `--short` tells in about a minute a part which way a change goes: half the
 * rounds, and a third of the backlog.
 */
const PARTS = ["api", "connections", "issuer"] as const;
const flag = { type: "boolean" } as const;
const { options, names } = readArguments(process.argv.slice(2), {
  options: { short: flag, json: flag },
  schema: z.strictObject({ short: z.boolean().default(false), json: z.boolean().default(false) }),
  wrongName: (name) =>
    PARTS.some((part) => part === name) ? undefined : `there is no part ${name}; there are: ${PARTS.join(", ")}`,
});
const asked = (part: (typeof PARTS)[number]) => names.length === 0 || names.includes(part);

const ROUNDS = options.short ? 1 : 2;
const BACKLOG = options.short ? 300_000 : 1_000_000;
/**
 * The last round goes on until so many requests have been answered, and says what that leaves in
 * memory.
 */
const ANSWERED = options.short ? 0 : 1_000_000;

const say = (text: string) => process.stderr.write(`${text}\n`);

await using backing = await startBacking();
await using candidates = await bundleForBench();

const api = asked("api") ? await measureApis() : [];
const connections = asked("connections") ? await measureCrowd() : [];
const issuer = asked("issuer") ? await measureIssuers() : [];

if (options.json) {
  const machine = { cores: cpus().length, model: cpus()[0]?.model, node: process.version };
  console.log(JSON.stringify({ machine, api, connections, issuer }, undefined, 2));
} else {
  show("From 200 connections; memory in MB, times in ms", api);
  show("6,000 connections, kept alive", connections);
  show(`A backlog of ${BACKLOG}`, issuer);
}

async function measureApis(): Promise<ApiRow[]> {
  return inTurns(candidates.apis, "requests from 200 connections", (candidate, round) =>
    measureApi(backing, candidate, round === ROUNDS ? ANSWERED : 0),
  );
}

async function measureCrowd() {
  const [mainApi] = candidates.apis;
  if (mainApi === undefined) throw new Error("no candidate");
  say("main-api: 6,000 connections");
  return [await measureConnections(backing, mainApi)];
}

async function measureIssuers(): Promise<IssuerRow[]> {
  say(`filling a topic with ${BACKLOG} records`);
  const topic = await fillTopic(backing.broker, BACKLOG);
  return inTurns(candidates.issuers, `a backlog of ${BACKLOG}`, (candidate) =>
    measureIssuer(backing, candidate, topic, BACKLOG),
  );
}

async function inTurns<Row extends object>(
  list: readonly Candidate[],
  what: string,
  measureOne: (candidate: Candidate, round: number) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const candidate of list) {
      say(`${candidate.name}: ${what}, round ${round} of ${ROUNDS}`);
      const row = await measureOne(candidate, round);
      say(JSON.stringify(row));
      rows.push(row);
    }
  }
  return rows;
}

function show(title: string, rows: readonly object[]): void {
  if (rows.length === 0) return;
  console.log(title);
  console.table(rows.map(rounded));
}

/** Three digits are more than the machine's noise leaves true. */
function rounded(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? Number(value.toPrecision(3)) : value]),
  );
}
