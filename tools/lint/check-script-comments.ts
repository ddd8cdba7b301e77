// Checks the comments of files whose comments start with `#`: shell scripts, Dockerfiles, YAML and
// properties. Exits with 1 when it finds a fault.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faultsOfScript } from "./script-comments.ts";

const root = join(import.meta.dirname, "../..");
const NAMES = /\.(?:sh|ya?ml|properties)$|^\.?[^.]+$/;
// The files of test/golden are rendered from other files.
const exclude = ["**/node_modules", "**/dist", ".git", ".local", "test/golden"];

const files = globSync(["**/*", "**/.*", "{.ci,.github}/**"], { cwd: root, exclude, withFileTypes: true })
  .filter((entry) => entry.isFile() && NAMES.test(entry.name))
  .map(({ parentPath, name }) => join(parentPath, name));
const faults = files.flatMap((file) =>
  faultsOfScript(readFileSync(file, "utf8")).map((fault) => `${file.slice(root.length + 1)}:${fault}`),
);
for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exitCode = 1;
