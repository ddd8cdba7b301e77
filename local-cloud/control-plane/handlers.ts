import type { ApiHandler } from "./api.ts";

/** Which handler answers for which host names: the first whose prefix fits. */
export const handlers: readonly { prefix: string; handler: ApiHandler }[] = [];
