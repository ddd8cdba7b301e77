import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { changeLiterals } from "./change-literals.ts";

// Preloaded (`node --import`): every program that is loaded afterwards has changed facts.
registerHooks({
  load: (url, context, nextLoad) => {
    if (!/\/services\/contract\/facts\/[a-z-]+\.ts$/.test(url)) return nextLoad(url, context);
    const source = changeLiterals(readFileSync(fileURLToPath(url), "utf8"));
    return { ...nextLoad(url, context), source, shortCircuit: true };
  },
});
