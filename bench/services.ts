import { cpus } from "node:os";
import { z } from "zod";
import { readArguments } from "../operate/arguments.ts";
import { startBacking } from "../services/testing/backing.ts";
import { bundleForBench, type Candidate } from "./support/candidates.ts";
import { type ApiRow, measureApi, measureConnections } from "./support/measure-api.ts";
import { fillTopic, type IssuerRow, measureIssuer } from "./support/measure-issuer.ts";

/**
 * Measures speed and memory of the services and of prototypes with 40 lines, in turns on the same
 * broker and database: requests from 200 connections, 6,000 connections, a backlog of 1,000,000. It
 * reports figures and asserts nothing:
 * `./run bench services [api] [connections] [issuer] [--short] [--json]`. Without a part, it
 * measures all. `--short` shows the trend of a part in about a minute, with half the rounds and a
 * third of the backlog.
 */
const PARTS = ["api", "connections", "issuer"] as const;
const flag = { type: "boolean" } as const;
const { options, names } = readArguments(process.argv.slice(2), {
  options: { short: flag, json: flag },
  schema: z.strictObject({ short: z.boolean().default(false), json: z.boolean().default(false) }),
  wrongName: (name) =>
    PARTS.some((part) => part === name) ? undefined : `there is no part ${name}; there are: ${PARTS.join(", ")}`,
});
const isSelected = (part: (typeof PARTS)[number]) => names.length === 0 || names.includes(part);

const ROUNDS = options.short ? 1 : 2;
const BACKLOG = options.short ? 300_000 : 1_000_000;
/** The last round continues until this many requests are answered, and then reads the memory. */
const ANSWERED = options.short ? 0 : 1_000_000;

const say = (text: string) => process.stderr.write(`${text}\n`);

await using backing = await startBacking();
await using candidates = await bundleForBench();

const api = isSelected("api") ? await measureApis() : [];
const connections = isSelected("connections") ? await measureCrowd() : [];
const issuer = isSelected("issuer") ? await measureIssuers() : [];

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

/** Rounds figures to three digits, because the rest is noise. */
function rounded(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? Number(value.toPrecision(3)) : value]),
  );
}
