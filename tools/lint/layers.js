// The rooms of the checkout and the rooms that each may import. dependency-cruiser checks every
// import against this table, and finds cycles. A folder stands for everything in it. Each room
// imports only rooms above it, so the table has no cycle either.

/** @type {Record<string, string[]>} */
const ROOMS = {
  // Knows nothing of this program.
  "local-cloud": [],

  // Ports, names and limits: every other room may import them.
  "services/contract/facts": [],

  // The services. None imports another; what they share lies in the first four.
  "services/contract": [],
  "services/runtime": ["services/contract"],
  "services/kafka": ["services/contract", "services/runtime"],
  "services/event-database": ["services/contract", "services/runtime"],
  "services/main-api": ["services/contract", "services/runtime", "services/kafka", "services/event-database"],
  "services/gifticon-issuer": ["services/contract", "services/runtime", "services/kafka", "services/event-database"],
  "services/load-agent": ["services/contract", "services/runtime", "services/kafka", "services/event-database"],
  "services/hash-files.ts": [],
  "services/bundle.ts": ["services/main-api", "services/hash-files.ts"],

  // The program. Plans are pure functions; only components make resources.
  "infra/engine-without-proxy.ts": [],
  "infra/engine-without-proxy.test.ts": [],
  "infra/stack-traces.ts": [],
  "infra/config": ["services/contract"],
  "infra/scripts": ["services/contract"],
  "infra/plans": ["infra/config", "infra/scripts", "services/contract"],
  "infra/drift": ["infra/plans", "infra/scripts"],
  "infra/components": ["infra", "services/contract", "services/bundle.ts", "services/hash-files.ts"],
  stacks: ["infra", "services/contract"],
  "index.ts": ["infra", "stacks"],

  // Checks a preview, and knows nothing of the review that calls it.
  policy: ["infra/config", "infra/plans", "infra/scripts", "stacks"],

  // These work on a running environment.
  operate: [
    "infra/config",
    "infra/plans",
    "infra/scripts",
    "services/contract",
    "services/event-database",
    "services/runtime",
  ],
  doctor: [
    "operate",
    "policy",
    "stacks",
    "infra/config",
    "infra/plans",
    "infra/scripts",
    "infra/drift",
    "services/contract",
  ],
  "load-test": ["operate", "stacks", "infra/plans", "infra/scripts", "services/contract", "services/load-agent"],
  chaos: [
    "operate",
    "services/contract",
    "services/runtime",
    "services/load-agent",
    "services/main-api",
    "local-cloud",
  ],

  review: ["operate", "policy", "stacks", "infra/config", "services/hash-files.ts", "local-cloud"],
  "services/testing": ["operate", "services", "stacks", "local-cloud"],
  bench: ["operate", "services", "local-cloud"],
  tools: ["operate", "policy", "services/runtime"],
  "eslint.config.js": ["tools"],
  // Nothing imports a test or its support.
  test: [""],
};

/** Rooms that the tests in a room may import as well. */
const TESTS = {
  // A script is tested with the values that its component gives it.
  "infra/scripts": ["infra"],
  // Both rooms compute the digest of a build context, and a test compares them.
  "infra/components": ["local-cloud"],
};

// k6 brings its own modules.
const PACKAGES = ["(^|/)node_modules/", "^k6(/|$)"];
const TEST = "(\\.test|\\btesting)\\.ts$";
const pathOf = (room) => (room === "" ? "" : `^${room}(/|$)`);

const FACTS = "services/contract/facts";
const factsFor = (room) => (room === "local-cloud" ? [] : [FACTS]);

const layer = (name, room, allowed, from) => ({
  name: `${name} imports ${allowed.join(", ") || "no other room"}`,
  severity: "error",
  from: { path: pathOf(room), ...from },
  to: { pathNot: [...[room, ...allowed, ...factsFor(room)].map(pathOf), ...PACKAGES], dependencyTypesNot: ["core"] },
});
const layers = Object.entries(ROOMS).map(([room, allowed]) =>
  layer(room, room, allowed, room in TESTS ? { pathNot: TEST } : {}),
);
const layersOfTests = Object.entries(TESTS).map(([room, more]) =>
  layer(`a test in ${room}`, room, [...(ROOMS[room] ?? []), ...more], { path: `${pathOf(room)}.*${TEST}` }),
);

export default {
  forbidden: [
    ...layers,
    ...layersOfTests,
    {
      name: "each room is listed in tools/lint/layers.js",
      severity: "error",
      from: { pathNot: Object.keys(ROOMS).map(pathOf) },
      to: {},
    },
    { name: "no cycle", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types count too, because a reader has to know that room.
    tsPreCompilationDeps: true,
    doNotFollow: { path: PACKAGES },
    exclude: { path: "^(\\.local|.*/dist)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
