import { execa } from "execa";
import { z } from "zod";
import { ADVICE } from "./advice.ts";
import { textOf } from "../operate/stack-outputs.ts";
import type { Credits } from "./checks/credits.ts";
import type { Declared } from "./declared.ts";
import { CheckFailed } from "./finding.ts";

const HOUR_MS = 3_600_000;
const answer = z.object({ Datapoints: z.array(z.object({ Timestamp: z.string(), Average: z.number() })) });

/**
 * Reads the CPU credits of the hosts and the database from CloudWatch, with the operator's AWS CLI.
 *
 * @throws CheckFailed when the CLI isn't installed or lacks the permission.
 */
export async function readCredits({ instances, state, region }: Declared): Promise<Credits[]> {
  const database = state.find(({ urn }) => urn.endsWith("aws:rds/instance:Instance::database"));
  const identifier = textOf(database?.outputs?.["identifier"]);
  return Promise.all([
    ...Object.entries(instances).map(([name, id]) => balances(name, "AWS/EC2", `Name=InstanceId,Value=${id}`, region)),
    ...(identifier === undefined
      ? []
      : [balances("the database", "AWS/RDS", `Name=DBInstanceIdentifier,Value=${identifier}`, region)]),
  ]);
}

async function balances(name: string, namespace: string, dimension: string, region: string): Promise<Credits> {
  const now = Date.now();
  const time = (at: number) => new Date(at).toISOString();
  const result = await execa(
    "aws",
    [
      ...["cloudwatch", "get-metric-statistics", "--region", region, "--output", "json"],
      ...["--namespace", namespace, "--metric-name", "CPUCreditBalance", "--dimensions", dimension],
      ...["--start-time", time(now - HOUR_MS), "--end-time", time(now), "--period", "300", "--statistics", "Average"],
    ],
    { stdin: "ignore" },
  ).catch((error: unknown) => {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    throw new CheckFailed(`the CPU credits can't be read from CloudWatch: ${reason}`, ADVICE.letCloudWatch());
  });
  return { name, balances: readBalances(result.stdout) };
}

/** Parses an answer of `aws cloudwatch get-metric-statistics`. Its points are in no order. */
export function readBalances(text: string): Credits["balances"] {
  return answer
    .parse(JSON.parse(text))
    .Datapoints.map(({ Timestamp, Average }) => ({ hours: Date.parse(Timestamp) / HOUR_MS, credits: Average }))
    .sort((a, b) => a.hours - b.hours);
}
