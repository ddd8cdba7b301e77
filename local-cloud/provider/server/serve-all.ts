import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { CloudPackage } from "../resource-type.ts";
import { EngineLog } from "./engine-log.ts";
import { ResourceProviderService } from "./protos.ts";
import { Provider } from "./provider.ts";
import { createService } from "./service.ts";

/**
 * Serves several packages from this process, which is several times faster than a process for each. For one run of the engine, as that
 * ends by cancelling what is under way.
 *
 * @returns what the engine's variable PULUMI_DEBUG_PROVIDERS takes: "aws:PORT,docker:PORT,...".
 */
export async function serveAll(packages: readonly CloudPackage[]): Promise<string> {
  return (await Promise.all(packages.map(serveOne))).join(",");
}

async function serveOne(cloudPackage: CloudPackage): Promise<string> {
  const log = new EngineLog();
  const server = new Server();
  server.addService(ResourceProviderService, createService(new Provider(cloudPackage, log), log));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return `${cloudPackage.name}:${port}`;
}
