import { setTimeout as sleep } from "node:timers/promises";
import type { CloudPackage } from "../resource-type.ts";
import { debug, EngineLog } from "./engine-log.ts";
import { listen } from "./grpc-server.ts";
import { Provider } from "./provider.ts";

/** Milliseconds that operations may take to clean up when the process has to end. */
const GRACE_MILLISECONDS = 5_000;
const PARENT_CHECK_MILLISECONDS = 1_000;

/**
 * Serves a package to the engine that started this process. It prints only the port to standard
 * output, and ends with the engine, even if that is killed.
 */
export async function serve(cloudPackage: CloudPackage, args = process.argv.slice(2)): Promise<void> {
  const log = new EngineLog();
  const engine = args.findLast((argument) => !argument.startsWith("-"));
  if (engine !== undefined) log.connect(engine);
  const provider = new Provider(cloudPackage, log);
  const { port } = await listen(provider, log);
  endWithEngine(provider);
  process.stdout.write(`${port}\n`);
}

function endWithEngine(provider: Provider): void {
  let ending = false;
  const end = (reason: string) => {
    if (ending) return;
    ending = true;
    debug(`ending: ${reason}`);
    provider.operations.cancel();
    void Promise.race([provider.operations.settled(), sleep(GRACE_MILLISECONDS)]).then(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  // A killed engine closes no connection, but this process then gets another parent.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) end("the engine is gone");
  }, PARENT_CHECK_MILLISECONDS);
  watch.unref();
}
