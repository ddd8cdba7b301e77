import type { CloudPackage } from "../resource-type.ts";
import { EngineLog } from "./engine-log.ts";
import { listen } from "./grpc-server.ts";
import { Provider } from "./provider.ts";

/**
 * Serves several packages from this process, which is several times faster than one process each.
 * It is good for one run of the engine, because that ends by cancelling running operations.
 *
 * @returns The value of the engine's variable PULUMI_DEBUG_PROVIDERS: "aws:PORT,docker:PORT,...".
 */
export async function serveAll(packages: readonly CloudPackage[]): Promise<string> {
  const served = packages.map(async (one) => {
    const log = new EngineLog();
    const { port } = await listen(new Provider(one, log), log);
    return `${one.name}:${port}`;
  });
  return (await Promise.all(served)).join(",");
}
