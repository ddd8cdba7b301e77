import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import type { CloudPackage } from "../resource-type.ts";

/**
 * What an executable of a plugin does: loads its package and serves it. The engine starts each
 * plugin once per command and waits for it, so compiled code is kept between starts (it halves the
 * time of one).
 */
export async function start(load: () => Promise<CloudPackage>): Promise<void> {
  enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/plugins"));
  const [{ serve }, cloudPackage] = await Promise.all([import("./serve.ts"), load()]);
  await serve(cloudPackage);
  flushCompileCache();
}
