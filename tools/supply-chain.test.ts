import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const lock = JSON.parse(read("package-lock.json")) as {
  packages: Record<string, { integrity?: string; resolved?: string; link?: boolean; hasInstallScript?: boolean }>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path.includes("node_modules/"));

test("every package of the lockfile has a hash of its content", () => {
  const loose = installed.filter(([, { link, integrity }]) => link !== true && !integrity?.startsWith("sha512-"));
  assert.deepEqual(
    loose.map(([path]) => path),
    [],
  );
});

// .npmrc disables all of them. Look at a new one before you add it here.
test("no package runs code at installation, and packages with install scripts are listed", () => {
  assert.match(read(".npmrc"), /^ignore-scripts=true$/m);
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  assert.deepEqual(scripted.map(([path]) => path).sort(), [
    // Would download the plugin, which the Pulumi CLI does too.
    "node_modules/@pulumi/command",
    // Optional compiled code of ssh2.
    "node_modules/cpu-features",
    // Checks that its binary runs, which another package contains.
    "node_modules/esbuild",
    // Compares versions.
    "node_modules/protobufjs",
    // Optional compiled code.
    "node_modules/ssh2",
  ]);
});

test("every required version is exact", () => {
  const root = new URL("..", import.meta.url).pathname;
  const files = globSync(
    ["package.json", "local-cloud/package.json", "services/*/package.json", "policy/package.json"],
    { cwd: root },
  );
  assert.ok(files.length > 4);
  for (const file of files) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(file)) as Record<
      string,
      Record<string, string> | undefined
    >;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      assert.match(version, /^(npm:[@\w/.-]+@)?\d+\.\d+\.\d+$/, `${file}: ${name}`);
  }
});

// npm follows these to the packages that a workspace brings into the bundle of a service.
test("a service declares the workspaces that it imports, so that its bill of materials is complete", () => {
  const root = new URL("..", import.meta.url).pathname;
  const sources = globSync("services/*/**/*.ts", { cwd: root, exclude: ["**/*.test.ts", "**/testing.ts"] });
  const imports = sources.flatMap((file) => {
    const [, name = ""] = file.split("/");
    const imported = read(file).matchAll(/(?:from|import) "(@gifticon\/[\w-]+)/g);
    return [...imported].map(([, workspace = ""]) => ({ name, workspace }));
  });
  assert.ok(imports.length > 50);
  const missing = imports.filter(({ name, workspace }) => {
    if (name === "testing" || workspace === `@gifticon/${name}`) return false;
    const own = JSON.parse(read(`services/${name}/package.json`)) as { dependencies: Record<string, string> };
    return own.dependencies[workspace] === undefined;
  });
  assert.deepEqual(missing, []);
});
