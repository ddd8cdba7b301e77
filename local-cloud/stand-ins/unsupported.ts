import { z } from "zod";

/** A property that the real plugin has and its stand-in has not. */
export function unsupported(plugin: string) {
  return z
    .undefined({
      error: `is not supported by local-cloud's stand-in of the ${plugin} plugin; it needs the real plugin`,
    })
    .optional();
}
