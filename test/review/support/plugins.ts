import { text } from "node:stream/consumers";
import { packages } from "local-cloud/dry-run/packages.ts";
import { serveAll } from "local-cloud/provider/server/serve-all.ts";

// Serves the local cloud and the stand-ins like their plugins, without a dry run, in one process
// for one run of the engine. It has the protocol of local-cloud/dry-run/main.ts, with an empty
// ledger.
process.stdout.write(`${await serveAll(packages)}\n`);
await text(process.stdin);
process.stdout.write("{}\n", () => {
  process.exit(0);
});
