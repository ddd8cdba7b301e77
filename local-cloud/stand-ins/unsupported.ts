import { z } from "zod";

/** Returns the schema of a property that only the real plugin supports. */
export function unsupported(plugin: string) {
  return z
    .undefined({
      error: `is not supported by local-cloud's stand-in of the ${plugin} plugin; it needs the real plugin`,
    })
    .optional();
}
