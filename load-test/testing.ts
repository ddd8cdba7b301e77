import { addLine, emptyLog } from "./answers.ts";
import { emptyEvidence } from "./evidence.ts";
import { planRun, requestIdOf } from "./plan.ts";
import type { RunRecord } from "./record.ts";

const START = 1_766_620_800_000;

/**
 * Returns the record of a passed run. Users requested through Kafka, one each 10 ms, were accepted
 * after 20 ms and issued after 50 ms. Tests break it in one place.
 */
export function goodRun(users = 100): RunRecord {
  const plan = planRun({ model: "closed", users, seconds: 10, rate: 0 }, "http://api.example", "run");
  const log = emptyLog();
  const evidence = emptyEvidence();
  addLine(log, `start ${START}`);
  for (let number = 0; number < users; number++) {
    const at = START + number * 10;
    const requestId = requestIdOf(plan, number, false);
    const userId = String(plan.firstUser + number);
    addLine(log, `p ${number} ${at} 1 20 202 0`);
    evidence.records.set(requestId, userId);
    evidence.rows.push({
      ...{ requestId, userId, outcome: "issued", code: `CODE-${number}` },
      ...{ requestedAt: at + 5, decidedAt: at + 55 },
    });
  }
  addLine(log, `end ${START + 10_000}`);
  evidence.recordCount = users;
  evidence.end = {
    ...{ records: users, deadLetters: 0, rows: users, issuedToOthers: 3, lag: 0 },
    stock: { total: 1_000, remaining: 1_000 - 3 - users },
  };
  return {
    ...{ mode: "kafka", plan, maxErrorRate: 0, log, evidence, interrupted: false },
    samples: Array.from({ length: 10 }, (_, second) => ({
      ...{
        at: START + second * 1_000,
        tasks: [],
        lag: (second * 7) % 10,
        connections: { all: 20, active: second % 4 },
      },
    })),
    hosts: [usage("load-generator", 4, 0.5), usage("worker-1", 2, 1)],
    startState: {
      ...{ offsets: [], issuedToOthers: 3, maxConnections: 81, databaseVersion: "PostgreSQL 17", removed: 0 },
      stock: { total: 1_000, remaining: 997 },
    },
    generator: {
      ...{ version: "k6 v1.8.1", openFiles: 20_000, cores: 4, exitCode: 0, errorOutput: "" },
      ports: { first: 10_240, last: 65_000 },
    },
  };
}

/** Returns a host that uses a constant number of its cores. */
function usage(host: string, cores: number, used: number): RunRecord["hosts"][number] {
  return {
    host,
    cores,
    samples: Array.from({ length: 12 }, (_, second) => ({
      at: START + second * 1_000,
      cpu: second * used * 1_000_000,
      sockets: 100,
    })),
  };
}

/** Returns the same run without Kafka: the answer issues the gifticon. */
export function goodDirectRun(users = 100): RunRecord {
  const run = goodRun(users);
  run.evidence.records.clear();
  run.evidence.recordCount = 0;
  if (run.evidence.end) run.evidence.end.records = 0;
  for (const answer of run.log.answers) answer.status = 201;
  return { ...run, mode: "direct" };
}
