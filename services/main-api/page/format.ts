const whole = new Intl.NumberFormat("en");
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** Text of an unknown figure. */
const UNKNOWN = "–";

/** Formats a count as `12,345`; a dash when unknown. */
export function count(figure: number | null): string {
  return figure === null ? UNKNOWN : whole.format(figure);
}

/** Formats a rate, with tenths when it is small: `3.4`, `1,234`. */
export function rate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN;
  return perSecond < 10 ? tenths.format(perSecond) : whole.format(Math.round(perSecond));
}

/** Formats a value of an axis: `1.2K`. */
export function short(figure: number): string {
  return compact.format(figure);
}

/** Formats a time as `14:03:59` in the reader's time zone. */
export function timeOfDay(ms: number): string {
  return clock.format(ms);
}
