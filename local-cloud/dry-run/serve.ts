import { serveAll } from "../provider/server/serve-all.ts";
import { dryRun, type Ledger } from "./dry-run.ts";
import { packages } from "./packages.ts";

/** A served dry run. */
export interface ServedDryRun {
  /** Value of the engine's variable PULUMI_DEBUG_PROVIDERS: "aws:PORT,docker:PORT,...". */
  providers: string;
  /** The resources that the program has asked for so far. */
  ledger: Ledger;
}

/**
 * Serves dry runs of the local cloud and the stand-ins from this process, for one run of the
 * engine. Paths of build contexts are relative to this process's directory, which is the program's.
 */
export async function serveDryRun(): Promise<ServedDryRun> {
  const ledger: Ledger = new Map();
  return { providers: await serveAll(packages.map((one) => dryRun(one, ledger))), ledger };
}
