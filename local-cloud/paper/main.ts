import { text } from "node:stream/consumers";
import { servePaper } from "./serve.ts";

// Serves every package on paper for one run of the engine, whose program is in this process's
// directory. The first line of output is what PULUMI_DEBUG_PROVIDERS takes; when the input ends,
// the second is a list of all resources that the program asked for, as JSON.
const { providers, ledger } = await servePaper();
process.stdout.write(`${providers}\n`);
await text(process.stdin);
process.stdout.write(`${JSON.stringify(Object.fromEntries(ledger))}\n`, () => {
  process.exit(0);
});
