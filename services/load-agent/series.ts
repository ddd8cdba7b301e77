/**
 * Returns the values of one metric in Prometheus's text format, by the value of a label ("" for
 * series without it).
 *
 * @param text an answer of `/metrics`.
 */
export function readSeries(text: string, name: string, label?: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const [, labels = "", value] = /^(?:\{(.*)\})? (\S+)/.exec(line.slice(name.length)) ?? [];
    if (value === undefined) continue;
    const key = label === undefined ? "" : (new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1] ?? "");
    values[key] = Number(value);
  }
  return values;
}
