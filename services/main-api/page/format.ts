const whole = new Intl.NumberFormat("en");
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** A figure that isn't known. */
const UNKNOWN = "–";

/** `12,345`; a dash for what isn't known. */
export function count(figure: number | null): string {
  return figure === null ? UNKNOWN : whole.format(figure);
}

/** A rate, with tenths while it is small: `3.4`, `1,234`. */
export function rate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN;
  return perSecond < 10 ? tenths.format(perSecond) : whole.format(Math.round(perSecond));
}

/** For an axis: `1.2K`. */
export function short(figure: number): string {
  return compact.format(figure);
}

/** `14:03:59`, in the reader's time zone. */
export function timeOfDay(ms: number): string {
  return clock.format(ms);
}
