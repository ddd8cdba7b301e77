import { freePort } from "../../services/testing/containers.ts";
import type { Backing } from "../../services/testing/backing.ts";
import { createEvent } from "../../services/testing/event.ts";
import type { Candidate } from "./candidates.ts";
import { load, type LoadReport } from "./load.ts";
import { measure } from "./measured-process.ts";

const WARM_UP_SECONDS = 4;
const SECONDS = 10;

/** Speed and cost of an API. Memory in MB, times in milliseconds. */
export interface ApiRow {
  name: string;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  cpuSecondsPer10k: number;
  errors: number;
  /** Number of answered requests when its memory was read. */
  answered: number;
  residentMb: number;
  peakMb: number;
}

/**
 * Sends requests to an API from 200 connections.
 *
 * @param goal Afterwards, requests continue until this many are answered, and the memory is read.
 */
export async function measureApi(backing: Backing, { name, args }: Candidate, goal: number): Promise<ApiRow> {
  await using event = await createEvent(backing, 1_000_000_000);
  await using api = await measure(args, await freePort(), event.environment);
  let answered = (await load(api.url, 200, WARM_UP_SECONDS)).requests;
  const before = api.cpuSeconds();
  const report = await load(api.url, 200, SECONDS);
  const cpuSeconds = api.cpuSeconds() - before;
  answered += report.requests;
  let errors = errorsOf(report);
  while (answered < goal) {
    const more = await load(api.url, 200, SECONDS);
    answered += more.requests;
    errors += errorsOf(more);
  }
  const { now, peak } = api.memory();
  return {
    name,
    requestsPerSecond: report.requests / report.seconds,
    p50: report.p50,
    p99: report.p99,
    cpuSecondsPer10k: (cpuSeconds / report.requests) * 10_000,
    errors,
    answered,
    residentMb: now,
    peakMb: peak,
  };
}

/** Sends requests to one process continuously from 6,000 connections. */
export async function measureConnections(backing: Backing, { name, args }: Candidate) {
  await using event = await createEvent(backing, 1_000_000_000);
  await using api = await measure(args, await freePort(), event.environment);
  const report = await load(api.url, 6_000, 20);
  const { requests, seconds, ...rest } = report;
  return { name, requestsPerSecond: requests / seconds, ...rest, peakMb: api.memory().peak };
}

function errorsOf({ refused, broken, timeouts }: LoadReport): number {
  return refused + broken + timeouts;
}
