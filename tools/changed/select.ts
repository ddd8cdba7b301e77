/** The layers of tests, in the order in which `./run test` lists them. */
const LAYERS = ["format", "lint", "types", "shell", "unit", "program", "review", "engine", "services", "e2e"] as const;
export type Layer = (typeof LAYERS)[number];

/** A layer that a change can break. */
export interface Selected {
  layer: Layer;
  /** The test files of the layer that can fail; undefined for the whole layer. */
  files?: string[];
  /** A line that explains the choice: the changed file, and the path of imports to the test. */
  because: string;
}

/** The packages, the compiler's settings, and the scripts that prepare and run the tests. */
const EVERYTHING = new RegExp(
  "^(?:package(?:-lock)?\\.json|\\.npmrc|tsconfig\\.json|tools/(?:run-tests|test-lanes|commands/test)\\.sh" +
    "|tools/(?:prepare|env|lib|dependencies|packages|docker-engine|pulumi|plugins)\\.sh)$",
);

/** Layers that check files without tests, and the files that each checks. */
const CHECKED_FILES: Partial<Record<Layer, RegExp>> = {
  format: /^/,
  lint: /\.(?:ts|js|cjs|jsonc|sh|ya?ml|properties)$|(?:^|\/)\.?[^./]+$/,
  types: /\.ts$/,
  shell: /\.sh$|(?:^|\/)[^./]+$|^\.github\//,
};

/**
 * Returns the layers that a change can break, and the tests of each: those that are changed, or
 * that use a changed file directly or indirectly.
 *
 * @param changed Paths of the files that were changed, added or removed.
 * @param uses The files that each file uses.
 * @param tests The test files of the checkout.
 */
export function selectLayers(
  changed: readonly string[],
  uses: ReadonlyMap<string, readonly string[]>,
  tests: readonly string[],
): Selected[] {
  const everything = changed.find((file) => EVERYTHING.test(file));
  if (everything !== undefined)
    return LAYERS.map((layer) => ({ layer, because: `${everything} is used by everything` }));
  const routes = routesFrom(
    changed.map((file) => file.replace(/\.snapshot$/, "")),
    uses,
  );
  return LAYERS.flatMap((layer) => checkedBy(layer, changed) ?? testedBy(layer, routes, tests) ?? []);
}

/** Returns the layer that runs a test file. */
function layerOf(test: string): Layer | undefined {
  const [, layer] = /^test\/([a-z0-9]+)\//.exec(test) ?? [];
  if (layer !== undefined) return LAYERS.find((one) => one === layer);
  return test.endsWith(".engine.test.ts") ? "engine" : "unit";
}

function checkedBy(layer: Layer, changed: readonly string[]): Selected | undefined {
  const file = changed.find((one) => CHECKED_FILES[layer]?.test(one));
  return file === undefined ? undefined : { layer, because: `${file} is changed` };
}

function testedBy(layer: Layer, routes: Routes, tests: readonly string[]): Selected | undefined {
  const files = tests.filter((test) => layerOf(test) === layer && routes.has(test));
  const [first] = files;
  if (first === undefined) return undefined;
  const route = [first];
  for (let next = routes.get(first); next !== undefined; next = routes.get(next)) route.push(next);
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : "";
  return { layer, files, because: `${route.join(" uses ")}, which is changed${more}` };
}

/** Each file that a change affects, with the next file on the shortest route to a changed one. */
type Routes = Map<string, string | undefined>;

function routesFrom(changed: readonly string[], uses: ReadonlyMap<string, readonly string[]>): Routes {
  const usersOf = new Map<string, string[]>();
  for (const [user, used] of uses) {
    for (const file of used) usersOf.set(file, [...(usersOf.get(file) ?? []), user]);
  }
  const routes: Routes = new Map(changed.map((file) => [file, undefined]));
  // Breadth first: the loop over a Map also visits entries that are added during it.
  for (const file of routes.keys()) {
    for (const user of usersOf.get(file) ?? []) if (!routes.has(user)) routes.set(user, file);
  }
  return routes;
}
