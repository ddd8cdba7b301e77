import { z } from "zod";
import { readArguments, runCommand, wholeNumber } from "../../operate/arguments.ts";
import { sizeFor, type Size } from "./size.ts";

// `./run size`: prints the size of an event with so many users in a minute.
const USAGE = `Usage: ./run size --users N [--json]

  --users N   number of users within a minute
  --json      print the size as JSON`;
const schema = z.strictObject({ users: wholeNumber(1, 100_000_000), json: z.boolean().default(false) });

await runCommand(USAGE, (args) => {
  const { options } = readArguments(args, {
    options: { users: { type: "string" }, json: { type: "boolean" } },
    schema,
  });
  const size = sizeFor(options.users);
  if (options.json) console.log(JSON.stringify(size, undefined, 2));
  else print(options.users, size);
  return 0;
});

function print(users: number, size: Size): void {
  console.log(
    `${users.toLocaleString("en-US")} users in a minute, ${size.peakPerSecond.toLocaleString("en-US")} requests a second at first:`,
  );
  for (const [key, value] of Object.entries(size.settings)) console.log(`  ${key.padEnd(28)} ${value}`);
  console.log(`  ${"issuers, brokers".padEnd(28)} ${size.issuers}, ${size.brokers}`);
  console.log(
    `\nDecided ${size.decidedAfterSeconds === 0 ? "as they come" : `${size.decidedAfterSeconds} s after the minute`}.`,
  );
  console.log(
    `About ${size.usdAnHour?.toFixed(2) ?? "?"} USD an hour in ap-northeast-2, without traffic; k6 needs ${size.generatorCores} cores to try it.`,
  );
  for (const note of size.notes) console.log(`Note: ${note}`);
  console.log("How it is counted: docs/capacity.md.");
}
