import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import type { CloudPackage } from "../resource-type.ts";

/**
 * Loads a package and serves it: the main function of a plugin's executable. The engine starts each
 * plugin once per command and waits for it. So compiled code is cached between starts, which halves
 * the time of one.
 */
export async function start(load: () => Promise<CloudPackage>): Promise<void> {
  enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/plugins"));
  const [{ serve }, cloudPackage] = await Promise.all([import("./serve.ts"), load()]);
  await serve(cloudPackage);
  flushCompileCache();
}
