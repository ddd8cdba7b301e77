import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, bundleService, type ServiceName } from "../../services/bundle.ts";
import { flagsOfImage } from "../../services/testing/image-flags.ts";

/** A program to measure. */
export interface Candidate {
  name: string;
  /** Options of `node`. */
  args: readonly string[];
  /** True for a program that creates its own tables as the database's owner. */
  ownsTables?: true;
}

/** The services and the prototypes, each bundled, so that none has to parse TypeScript. */
export interface Candidates extends AsyncDisposable {
  apis: readonly Candidate[];
  issuers: readonly Candidate[];
}

const checkout = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles all candidates. */
export async function bundleForBench(): Promise<Candidates> {
  const folder = await mkdtemp(join(tmpdir(), "gifticon-bench-"));
  const prototype = async (name: string): Promise<Candidate> => {
    const outfile = join(folder, `${name}.mjs`);
    await bundle(join(checkout, "bench", "prototype", `${name}.ts`), outfile);
    return { name: `prototype ${name}`, args: ["--disable-warning=TimeoutNegativeWarning", outfile] };
  };
  return {
    apis: [await service("main-api"), await prototype("api")],
    issuers: [await service("gifticon-issuer"), { ...(await prototype("issuer")), ownsTables: true }],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Bundles a service, with the flags of its Dockerfile. */
async function service(name: ServiceName): Promise<Candidate> {
  const outfile = await bundleService(name);
  return { name, args: [...flagsOfImage(name), outfile] };
}
