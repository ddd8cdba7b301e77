import { serveAll } from "../provider/server/serve-all.ts";
import { onPaper, type Ledger } from "./package.ts";
import { packages } from "./packages.ts";

/** The cloud on paper, as it is served. */
export interface ServedPaper {
  /** What the engine's variable PULUMI_DEBUG_PROVIDERS takes: "aws:PORT,docker:PORT,...". */
  providers: string;
  /** What the program has asked for so far. */
  ledger: Ledger;
}

/**
 * Serves the local cloud and the stand-ins on paper, all from this process and for one run of the
 * engine. Paths of build contexts are relative to this process's directory: that of the program.
 */
export async function servePaper(): Promise<ServedPaper> {
  const ledger: Ledger = new Map();
  return { providers: await serveAll(packages.map((one) => onPaper(one, ledger))), ledger };
}
