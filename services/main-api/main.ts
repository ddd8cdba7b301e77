import { healthcheck } from "@gifticon/contract/runtime/healthcheck.ts";

/** `main.js` runs the service; `main.js healthcheck [readyz]` asks the one that runs in the same container. */
const [command, path] = process.argv.slice(2);
if (command === "healthcheck") {
  process.exit(await healthcheck(Number(process.env.PORT ?? 8080), path === "readyz" ? "/readyz" : "/healthz"));
}
// Loaded after the branch above, so that a health check costs no more than it must.
const [{ run }, { startMainApi }] = await Promise.all([
  import("@gifticon/contract/runtime/run.ts"),
  import("./service.ts"),
]);
await run(() => startMainApi(process.env));
