import { readFileSync } from "node:fs";

// Exits with 0 if node_modules has each package of package-lock.json in that version.
interface Lock {
  packages: Record<string, { version?: string; optional?: boolean }>;
}

const read = (file: string): Lock => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")) as Lock;
const installed = read("node_modules/.package-lock.json").packages;
const missing = Object.entries(read("package-lock.json").packages).some(
  ([path, { version, optional }]) =>
    path.startsWith("node_modules/") && optional !== true && installed[path]?.version !== version,
);
process.exitCode = missing ? 1 : 0;
