import { cpus } from "node:os";
import { startBacking } from "../test/services/support/backing.ts";
import { bundleForBench, type Candidate } from "./support/candidates.ts";
import { type ApiRow, measureApi, measureConnections } from "./support/measure-api.ts";
import { fillTopic, type IssuerRow, measureIssuer } from "./support/measure-issuer.ts";

/**
 * Speed and memory of the services beside prototypes of 40 lines, in turns on the same broker and database: requests from 200
 * connections, 6,000 connections, a backlog of 1,000,000. Reported, never asserted: `./run bench services [--json]`.
 */
const ROUNDS = 2;
const BACKLOG = 1_000_000;

const say = (text: string) => process.stderr.write(`${text}\n`);

await using backing = await startBacking();
await using candidates = await bundleForBench();

const api: ApiRow[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  for (const candidate of candidates.apis) {
    say(`${candidate.name}: requests from 200 connections, round ${round} of ${ROUNDS}`);
    // The last round goes on until a million requests have been answered, and says what that leaves in memory.
    api.push(await measureApi(backing, candidate, round === ROUNDS ? 1_000_000 : 0));
    say(JSON.stringify(api.at(-1)));
  }
}
say("main-api: 6,000 connections");
const connections = await measureConnections(backing, first(candidates.apis));

say(`filling a topic with ${BACKLOG} records`);
const topic = await fillTopic(backing.broker, BACKLOG);
const issuer: IssuerRow[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  for (const candidate of candidates.issuers) {
    say(`${candidate.name}: a backlog of ${BACKLOG}, round ${round} of ${ROUNDS}`);
    issuer.push(await measureIssuer(backing, candidate, topic, BACKLOG));
    say(JSON.stringify(issuer.at(-1)));
  }
}

if (process.argv.includes("--json")) {
  const machine = { cores: cpus().length, model: cpus()[0]?.model, node: process.version };
  console.log(JSON.stringify({ machine, api, connections, issuer }, undefined, 2));
} else {
  console.log("From 200 connections; memory in MB, times in ms");
  console.table(api.map(rounded));
  console.log("6,000 connections, kept alive");
  console.table([rounded(connections)]);
  console.log(`A backlog of ${BACKLOG}`);
  console.table(issuer.map(rounded));
}

function first(list: readonly Candidate[]): Candidate {
  const [candidate] = list;
  if (candidate === undefined) throw new Error("no candidate");
  return candidate;
}

/** Three digits are more than the machine's noise leaves true. */
function rounded(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? Number(value.toPrecision(3)) : value]),
  );
}
