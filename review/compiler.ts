import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "execa";
import { ReviewError } from "./review-error.ts";

/** TypeScript's native compiler. It is several times faster than the one that ESLint needs. */
const compiler = join(import.meta.dirname, "../node_modules/typescript-7/bin/tsc");

/**
 * Checks the types of the program and the services of the working tree, incrementally.
 *
 * @param cache Folder of the compiler's incremental state.
 * @throws ReviewError with the compiler's output.
 */
export async function compile(checkout: string, cache: string): Promise<void> {
  const services = await readdir(join(checkout, "services"));
  const files = [
    "index.ts",
    ...services.map((name) => `services/${name}/main.ts`).filter((file) => existsSync(join(checkout, file))),
  ];
  const project = join(cache, "tsconfig.json");
  const config = {
    extends: join(checkout, "tsconfig.json"),
    compilerOptions: {
      incremental: true,
      tsBuildInfoFile: join(cache, "tsbuildinfo"),
      typeRoots: [join(checkout, "node_modules/@types")],
    },
    files: files.map((file) => join(checkout, file)),
    include: [],
  };
  await writeFile(project, JSON.stringify(config));
  const { exitCode, stdout } = await execa("node", [compiler, "--project", project, "--pretty", "false"], {
    cwd: checkout,
    stdin: "ignore",
    reject: false,
  });
  if (exitCode === 0) return;
  const lines = stdout.split("\n").map((line) => line.replaceAll(`${relative(process.cwd(), checkout) || "."}/`, ""));
  throw new ReviewError("the program doesn't compile", lines.slice(0, 40));
}
