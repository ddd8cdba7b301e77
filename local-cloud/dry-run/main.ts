import { text } from "node:stream/consumers";
import { serveDryRun } from "./serve.ts";

// Serves every package as a dry run for one run of the engine, whose program is in this process's
// directory. The first line of output is the value of PULUMI_DEBUG_PROVIDERS. When the input ends,
// the second line is the ledger as JSON.
const { providers, ledger } = await serveDryRun();
process.stdout.write(`${providers}\n`);
await text(process.stdin);
process.stdout.write(`${JSON.stringify(Object.fromEntries(ledger))}\n`, () => {
  process.exit(0);
});
