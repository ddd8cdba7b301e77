import { run } from "@gifticon/runtime/run.ts";
import { migrateCommand } from "./migrate.ts";
import { startMainApi } from "./service.ts";

// `main.js` runs the service. `main.js migrate` prepares the database as its owner and exits.
if (process.argv[2] === "migrate") process.exit(await migrateCommand(process.env));
await run(() => startMainApi(process.env));
