// What was seen of a fault is read by people, who compare it with its like.

/** The beginning of an id. */
export const short = (id: string) => id.trim().slice(0, 8);

/** The time of day in what Docker printed, to the millisecond. */
export const timeIn = (printed: string) => /T([\d:]+\.\d{1,3})/.exec(printed)?.[1] ?? printed;
