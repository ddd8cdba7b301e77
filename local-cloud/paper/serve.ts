import { Server, ServerCredentials } from "@grpc/grpc-js";
import { aws } from "../aws/package.ts";
import type { CloudPackage } from "../provider/resource-type.ts";
import { EngineLog } from "../provider/server/engine-log.ts";
import { ResourceProviderService } from "../provider/server/protos.ts";
import { Provider } from "../provider/server/provider.ts";
import { createService } from "../provider/server/service.ts";
import { command } from "../stand-ins/command/package.ts";
import { docker } from "../stand-ins/docker/package.ts";
import { random } from "../stand-ins/random/package.ts";
import { tls } from "../stand-ins/tls/package.ts";
import { onPaper, type Ledger } from "./package.ts";

/** The cloud on paper, as it is served. */
export interface ServedPaper {
  /** What the engine's variable PULUMI_DEBUG_PROVIDERS takes: "aws:PORT,docker:PORT,...". */
  providers: string;
  /** What the program has asked for so far. */
  ledger: Ledger;
}

/**
 * Serves the local cloud and the stand-ins on paper, all from this process, which is several times faster than a process for each.
 * For one run of the engine, as that ends by cancelling what is under way. Paths of build contexts are relative to this process's
 * directory: that of the program.
 */
export async function servePaper(): Promise<ServedPaper> {
  const ledger: Ledger = new Map();
  const packages = [aws, command, docker, random, tls];
  const served = await Promise.all(packages.map((one) => serveOne(onPaper(one, ledger))));
  return { providers: served.join(","), ledger };
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
