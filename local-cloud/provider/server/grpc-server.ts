import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { EngineLog } from "./engine-log.ts";
import { ResourceProviderService } from "./protos.ts";
import type { Provider } from "./provider.ts";
import { createService } from "./service.ts";

/** The engine's own limit. Properties of a resource may exceed gRPC's default of 4 MB. */
const MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024;

/** A provider that answers on a port of this machine's loopback. */
export interface ListeningProvider {
  port: number;
  /** Ends all connections at once. */
  close: () => void;
}

/** Serves a provider to the engine, on a free port of the loopback. */
export async function listen(provider: Provider, log: EngineLog): Promise<ListeningProvider> {
  const server = new Server({
    "grpc.max_receive_message_length": MAXIMUM_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAXIMUM_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, createService(provider, log));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
    if (error === null) resolve(bound);
    else reject(error);
  });
  const port = await promise;
  return {
    port,
    close: () => {
      server.forceShutdown();
    },
  };
}
