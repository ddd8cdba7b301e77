/** Settings of a stack, by key. */
export type Config = Readonly<Record<string, unknown>>;
