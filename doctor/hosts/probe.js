/* global AbortSignal, console, facts, fetch, process */
// Runs in a task's container. Prints whether the task is ready, with its figures of the event.
const ask = async (path) => {
  const response = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { signal: AbortSignal.timeout(8_000) });
  return { status: response.status, text: await response.text() };
};
const [ready, stats, metrics] = await Promise.all(facts.paths.map(ask));
const partitions = (name) =>
  metrics.text.split("\n").flatMap((line) => {
    const [, partition, records] = new RegExp(`^${name}\\{partition="(\\d+)"\\} (.+)$`).exec(line) ?? [];
    return partition === undefined ? [] : [[partition, Number(records)]];
  });
const figure = (name) => Number(new RegExp(`^${name} (.+)$`, "m").exec(metrics.text)?.[1] ?? 0);
console.log(
  JSON.stringify({
    ready: JSON.parse(ready.text),
    lag: partitions(facts.lag).map(([, records]) => records),
    held: Object.fromEntries(partitions(facts.held)),
    deadLetters: figure(facts.deadLetters),
    replaced: { at: figure(facts.replaced), waited: figure(facts.waitedInReplaced) },
    ...(stats.status === 200 ? { stats: JSON.parse(stats.text) } : {}),
  }),
);
