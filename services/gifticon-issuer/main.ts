import { run } from "@gifticon/runtime/run.ts";
import { replayCommand } from "./replay/main.ts";
import { startGifticonIssuer } from "./service.ts";

/** `main.js` runs the service. `main.js replay [--all]` puts dead letters back on the topic. */
const [command, ...options] = process.argv.slice(2);
if (command === "replay") process.exit(await replayCommand(options, process.env));
await run(() => startGifticonIssuer(process.env));
