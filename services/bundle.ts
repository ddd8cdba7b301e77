import { copyFile, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { hashFiles } from "./hash-files.ts";
import { bundlePage } from "./main-api/page-bundle.ts";

/** The services that are bundled. */
export const SERVICE_NAMES = ["main-api", "gifticon-issuer", "load-agent"] as const;

/** A service that is bundled. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

const HEALTHCHECK = fileURLToPath(new URL("./runtime/healthcheck.ts", import.meta.url));

/**
 * Returns the paths of a service's bundles in its folder: the service itself and its health check.
 * The load agent only waits, so it has no health check.
 */
export function bundlesOf(service: ServiceName): string[] {
  return ["dist/main.js", ...(service === "load-agent" ? [] : ["dist/healthcheck.js"])];
}

/**
 * Bundles a service and its imports into `services/NAME/dist/main.js`, which its Dockerfile copies,
 * and its health check into `healthcheck.js` beside it. The same sources give the same bytes, so an
 * unchanged service keeps its image.
 *
 * When `BUNDLE_CACHE` names a folder, runs of the program with the same sources and packages share
 * a bundle. A review runs the program four times. The cache is off by default, because it does not
 * notice packages that were changed by hand.
 *
 * @returns The path of the service's bundle.
 */
export async function bundleService(service: ServiceName): Promise<string> {
  const folder = fileURLToPath(new URL(`./${service}/`, import.meta.url));
  const outfile = `${folder}dist/main.js`;
  const healthcheck = bundlesOf(service)[1];
  if (healthcheck !== undefined) await bundleOnce(HEALTHCHECK, join(folder, healthcheck), "healthcheck");
  await bundleOnce(`${folder}main.ts`, outfile, service);
  return outfile;
}

async function bundleOnce(entryPoint: string, outfile: string, name: string): Promise<void> {
  const cache = process.env["BUNDLE_CACHE"];
  if (cache === undefined) {
    await bundle(entryPoint, outfile);
    return;
  }
  const kept = join(cache, `${name}-${await sourcesHash()}.js`);
  await mkdir(dirname(outfile), { recursive: true });
  try {
    await copyFile(kept, outfile);
  } catch {
    await bundle(entryPoint, outfile);
    await keep(outfile, kept);
  }
}

/** Stores a file in the cache. Other processes find the whole file or none. */
async function keep(file: string, kept: string): Promise<void> {
  await mkdir(dirname(kept), { recursive: true });
  const partial = `${kept}.${process.pid}`;
  await copyFile(file, partial);
  await rename(partial, kept);
}

/** Hashes all sources of the services and the locked packages. */
async function sourcesHash(): Promise<string> {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const entries = await readdir(join(root, "services"), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !/\/(node_modules|dist)(\/|$)/.test(entry.parentPath.slice(root.length)))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !path.endsWith(".test.ts"));
  const files = [...paths.sort(), "package-lock.json"];
  return hashFiles(await Promise.all(files.map(async (path) => [path, await readFile(join(root, path))] as const)), 32);
}

/** Bundles a Node.js program and its imports into one ES module. */
export async function bundle(entryPoint: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entryPoint],
    outfile,
    absWorkingDir: dirname(entryPoint),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    // Keeps paths in the bundle independent of where node_modules and the workspaces are.
    preserveSymlinks: true,
    logLevel: "error",
    plugins: [finishedPage],
    // pg's optional native driver and fastify's test helper are never loaded here.
    external: ["pg-native", "light-my-request"],
    // CommonJS dependencies call `require` for Node's modules; an ES module has no `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}

/** Replaces the module that bundles main-api's page at run time by the finished page. */
const finishedPage: Plugin = {
  name: "finished-page",
  setup: (bundle) => {
    bundle.onLoad({ filter: /\/main-api\/page-assets\.ts$/ }, async () => ({
      contents: `export const pageHtml = () => Promise.resolve(${JSON.stringify(await bundlePage())});`,
    }));
  },
};
