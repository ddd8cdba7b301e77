import { healthcheck } from "@gifticon/contract/runtime/healthcheck.ts";

/**
 * `main.js` runs the service; `main.js healthcheck [readyz]` asks the one that runs in the same container; `main.js replay
 * [--all]` puts dead letters back on the topic.
 */
const [command, ...options] = process.argv.slice(2);
if (command === "healthcheck") {
  const path = options[0] === "readyz" ? "/readyz" : "/healthz";
  process.exit(await healthcheck(Number(process.env.PORT ?? 8081), path));
}
if (command === "replay") {
  const { replayCommand } = await import("./replay/main.ts");
  process.exit(await replayCommand(options, process.env));
}
// Loaded after the branches above, so that a health check costs no more than it must.
const [{ run }, { startGifticonIssuer }] = await Promise.all([
  import("@gifticon/contract/runtime/run.ts"),
  import("./service.ts"),
]);
await run(() => startGifticonIssuer(process.env));
