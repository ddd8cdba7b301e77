import { testAccount } from "local-cloud/engine/test-account.ts";
import { LocalStack, type OperationResult } from "../operate/local-stack.ts";
import { runBenchmark } from "./support/benchmark.ts";

/**
 * Measures the life of an environment on the local cloud, in seconds: up from nothing, up without
 * changes, one more worker, destroy. Tools and images have to be in place. It also lists the
 * slowest resources. It reports figures and asserts nothing: `./run bench infra [--json]`.
 */
const { account, range } = testAccount("bench-infra");
const stack = new LocalStack("bench-infra", account);

interface Row {
  operation: string;
  seconds: number;
  steps: number;
  /** The slowest resources, in seconds. They overlap. */
  slowest: { name: string; type: string; op: string; seconds: number }[];
}

async function measure(operation: string, work: () => Promise<OperationResult>): Promise<Row> {
  process.stderr.write(`${operation} ...\n`);
  const start = performance.now();
  const { steps } = await work();
  const seconds = (performance.now() - start) / 1_000;
  process.stderr.write(`${operation}: ${seconds.toFixed(1)} s\n`);
  const slowest = steps
    .map(({ name, type, op, seconds: took }) => ({ name, type, op, seconds: took }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 8);
  return { operation, seconds, steps: steps.length, slowest };
}

await runBenchmark("infra", async (json) => {
  const rows: Row[] = [];
  try {
    await stack.dispose();
    await stack.initialise({ "gifticon-event:network": { vpcCidr: range } });
    rows.push(await measure("up from nothing", () => stack.succeed("up")));
    rows.push(await measure("up without changes", () => stack.succeed("up", ["--expect-no-changes"])));
    await stack.configure({ "gifticon-event:workers": 6 });
    rows.push(await measure("one more worker", () => stack.succeed("up")));
    rows.push(await measure("destroy", () => stack.succeed("destroy")));
  } finally {
    await stack.dispose();
  }

  if (json) {
    console.log(JSON.stringify(rows, undefined, 2));
  } else {
    console.table(rows.map(({ operation, seconds, steps }) => ({ operation, seconds: seconds.toFixed(1), steps })));
    for (const { operation, slowest } of rows) {
      if (slowest.length === 0) continue;
      console.log(`${operation}: the slowest resources (seconds, side by side)`);
      console.table(slowest.map((row) => ({ ...row, seconds: row.seconds.toFixed(1) })));
    }
  }
});
