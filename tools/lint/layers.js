// The rooms of the checkout and the rooms that each may import. dependency-cruiser holds every
// import to this table, that of a test beside the code as well, and finds cycles.

/** @type {Record<string, string[]>} */
const ROOMS = {
  // Knows nothing of this program.
  "local-cloud": [],
  "services/contract": [],
  "services/gifticon-issuer": ["services/contract"],
  "services/load-agent": ["services/contract"],
  "services/main-api": ["services/contract"],
  // Judges a preview, and knows nothing of the review that asks it.
  policy: ["infra", "stacks"],
};

const PACKAGES = "(^|/)node_modules/";

const layers = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room} may import ${[room, ...allowed].join(", ")} only`,
  severity: "error",
  from: { path: `^${room}/`, pathNot: PACKAGES },
  to: { pathNot: [...[room, ...allowed].map((one) => `^${one}/`), PACKAGES], dependencyTypesNot: ["core"] },
}));

export default {
  forbidden: [
    ...layers,
    // infra/node.ts and infra/swarm.ts import each other until one of them has moved.
    { name: "no cycle", severity: "error", from: { pathNot: "^infra/(node|swarm)\\.ts$" }, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types count: a reader has to know that room as well.
    tsPreCompilationDeps: true,
    doNotFollow: { path: PACKAGES },
    exclude: { path: "^(\\.local|.*/dist)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
