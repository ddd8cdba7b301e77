/** The layers of tests, in the order in which `./run test` lists them. */
const LAYERS = ["format", "lint", "types", "shell", "unit", "program", "review", "engine", "services", "e2e"] as const;
export type Layer = (typeof LAYERS)[number];

/** A layer that a change can break. */
export interface Selected {
  layer: Layer;
  /** The test files of the layer that can fail; all of it without. */
  files?: string[];
  /** A line for people: the changed file, and the way from it to the test. */
  because: string;
}

/** The packages, the compiler's settings, and what prepares and runs the tests. */
const EVERYTHING = new RegExp(
  "^(?:package(?:-lock)?\\.json|\\.npmrc|tsconfig\\.json|tools/(?:run-tests|test-lanes|commands/test)\\.sh" +
    "|tools/(?:prepare|env|lib|dependencies|packages|docker-engine|pulumi|plugins)\\.sh)$",
);

/** Layers that judge files by themselves, and the files that each judges. */
const JUDGES: Partial<Record<Layer, RegExp>> = {
  format: /^/,
  lint: /\.(?:ts|js|cjs|jsonc|sh|ya?ml|properties)$|(?:^|\/)\.?[^./]+$/,
  types: /\.ts$/,
  shell: /\.sh$|(?:^|\/)[^./]+$|^\.github\//,
};

/**
 * Returns the layers that a change can break, and which tests of each: those that are changed, or
 * that use a changed file over any number of steps.
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
  const ways = waysFrom(
    changed.map((file) => file.replace(/\.snapshot$/, "")),
    uses,
  );
  return LAYERS.flatMap((layer) => judgedBy(layer, changed) ?? testedBy(layer, ways, tests) ?? []);
}

/** Returns the layer that runs a test file. */
function layerOf(test: string): Layer | undefined {
  const [, layer] = /^test\/([a-z0-9]+)\//.exec(test) ?? [];
  if (layer !== undefined) return LAYERS.find((one) => one === layer);
  return test.endsWith(".engine.test.ts") ? "engine" : "unit";
}

function judgedBy(layer: Layer, changed: readonly string[]): Selected | undefined {
  const file = changed.find((one) => JUDGES[layer]?.test(one));
  return file === undefined ? undefined : { layer, because: `${file} is changed` };
}

function testedBy(layer: Layer, ways: Ways, tests: readonly string[]): Selected | undefined {
  const files = tests.filter((test) => layerOf(test) === layer && ways.has(test));
  const [first] = files;
  if (first === undefined) return undefined;
  const way = [first];
  for (let next = ways.get(first); next !== undefined; next = ways.get(next)) way.push(next);
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : "";
  return { layer, files, because: `${way.join(" uses ")}, which is changed${more}` };
}

/** Each file that a change reaches, with the next file on the shortest way to a changed one. */
type Ways = Map<string, string | undefined>;

function waysFrom(changed: readonly string[], uses: ReadonlyMap<string, readonly string[]>): Ways {
  const usersOf = new Map<string, string[]>();
  for (const [user, used] of uses) {
    for (const file of used) usersOf.set(file, [...(usersOf.get(file) ?? []), user]);
  }
  const ways: Ways = new Map(changed.map((file) => [file, undefined]));
  // Breadth first: a Map goes on to entries that are added on the way.
  for (const file of ways.keys()) {
    for (const user of usersOf.get(file) ?? []) if (!ways.has(user)) ways.set(user, file);
  }
  return ways;
}
