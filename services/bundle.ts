import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { bundlePage } from "./main-api/page-bundle.ts";

/** The services that are bundled. */
export type ServiceName = "main-api" | "gifticon-issuer" | "load-agent";

/**
 * Bundles a service and all that it imports into one file, `services/NAME/dist/main.js`, which its Dockerfile copies.
 * The same sources give the same bytes, so an unchanged service keeps its image.
 *
 * @returns The path of the bundle.
 */
export async function bundleService(service: ServiceName): Promise<string> {
  const folder = fileURLToPath(new URL(`./${service}/`, import.meta.url));
  const outfile = `${folder}dist/main.js`;
  await bundle(`${folder}main.ts`, outfile);
  return outfile;
}

/** Bundles a program for Node.js and all that it imports into one file, an ES module. */
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
    // Paths in the bundle are as imported, wherever node_modules and the workspaces really are.
    preserveSymlinks: true,
    logLevel: "error",
    plugins: [finishedPage],
    // pg's optional native driver and fastify's test helper are asked for only where they are used: nowhere here.
    external: ["pg-native", "light-my-request"],
    // CommonJS dependencies call `require` for Node's own modules, which an ES module doesn't have.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}

/** Puts main-api's finished page in place of the module that would bundle it at run time. */
const finishedPage: Plugin = {
  name: "finished-page",
  setup: (bundle) => {
    bundle.onLoad({ filter: /\/main-api\/page-assets\.ts$/ }, async () => ({
      contents: `export const pageHtml = () => Promise.resolve(${JSON.stringify(await bundlePage())});`,
    }));
  },
};
