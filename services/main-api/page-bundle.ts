import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FOLDER = fileURLToPath(new URL("./page/", import.meta.url));
const STYLE = '<link rel="stylesheet" href="page.css" />';
const SCRIPT = '<script type="module" src="main.ts"></script>';

/**
 * Bundles the live page into one HTML file with its script and style. One answer is the whole page,
 * so a rolling update can't mix two versions.
 */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["main.ts", "page.css"],
    outdir: FOLDER,
    absWorkingDir: FOLDER,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome115", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "inline",
    preserveSymlinks: true,
    logLevel: "error",
  });
  const output = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? "";
  const html = await readFile(`${FOLDER}index.html`, "utf8");
  return replaceOnce(
    replaceOnce(html, STYLE, `<style>${output(".css")}</style>`),
    SCRIPT,
    `<script type="module">${output(".js")}</script>`,
  );
}

function replaceOnce(text: string, part: string, replacement: string): string {
  const [before, after, ...more] = text.split(part);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`page/index.html must have this line once: ${part}`);
  }
  return before + replacement + after;
}
