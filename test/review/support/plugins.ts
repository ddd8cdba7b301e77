import { text } from "node:stream/consumers";
import { packages } from "local-cloud/dry-run/packages.ts";
import { serveAll } from "local-cloud/provider/server/serve-all.ts";

// The local cloud and the stand-ins as their plugins serve them, not on paper, in one process for
// one run of the engine. It speaks as local-cloud/dry-run/main.ts does, but notes nothing.
process.stdout.write(`${await serveAll(packages)}\n`);
await text(process.stdin);
process.stdout.write("{}\n", () => {
  process.exit(0);
});
