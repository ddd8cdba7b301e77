import { parseArgs } from "node:util";
import { sizeFor } from "./size.ts";

// `./run size --users N [--json]`: prints the size of an event with N users in a minute.
const USAGE = "Usage: ./run size --users N [--json], N a whole number from 1 to 100000000";
const { users, json } = read();
const size = sizeFor(users);
if (json) console.log(JSON.stringify(size, undefined, 2));
else {
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

function read(): { users: number; json: boolean } {
  try {
    const { values } = parseArgs({ options: { users: { type: "string" }, json: { type: "boolean", default: false } } });
    const count = Number(values.users);
    if (values.users !== undefined && /^\d{1,9}$/.test(values.users) && count >= 1 && count <= 100_000_000) {
      return { users: count, json: values.json };
    }
    console.error(`error: --users is ${values.users ?? "missing"}\n${USAGE}`);
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n${USAGE}`);
  }
  process.exit(2);
}
