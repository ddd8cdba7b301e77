/** Shortens an id for people. */
export const shortId = (id: string) => id.trim().slice(0, 8);

/** Extracts the time of day, to the millisecond, from a time that Docker printed. */
export const timeOf = (printed: string) => /T([\d:]+\.\d{1,3})/.exec(printed)?.[1] ?? printed;
