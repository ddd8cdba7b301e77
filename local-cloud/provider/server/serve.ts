import { setTimeout as sleep } from "node:timers/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { CloudPackage } from "../resource-type.ts";
import { debug, EngineLog } from "./engine-log.ts";
import { ResourceProviderService } from "./protos.ts";
import { Provider } from "./provider.ts";
import { createService } from "./service.ts";

/** How long operations may take to clean up after themselves once the process has to end. */
const GRACE_MILLISECONDS = 5_000;
const PARENT_CHECK_MILLISECONDS = 1_000;

/** State files with many resources exceed gRPC's default of 4 MB; this is the engine's own limit. */
const MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024;

/**
 * Serves a package to the engine that started this process: prints the port to standard output, and nothing else ever, and ends
 * with the engine, also when that is killed.
 */
export async function serve(cloudPackage: CloudPackage, args = process.argv.slice(2)): Promise<void> {
  const log = new EngineLog();
  const engine = args.findLast((argument) => !argument.startsWith("-"));
  if (engine !== undefined) log.connect(engine);
  const provider = new Provider(cloudPackage, log);
  const server = new Server({
    "grpc.max_receive_message_length": MAXIMUM_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAXIMUM_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, createService(provider, log));
  const port = await listen(server);
  endWithEngine(provider);
  process.stdout.write(`${port}\n`);
}

async function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
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
  // The engine closes nothing when it is killed, but then this process gets another parent.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) end("the engine is gone");
  }, PARENT_CHECK_MILLISECONDS);
  watch.unref();
}
