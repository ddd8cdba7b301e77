/* global document, window, matchMedia, ResizeObserver, uPlot */
// Draws the plots of the report. The page contains the data, so nothing is loaded.
const report = JSON.parse(document.getElementById("data").textContent);

const color = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const short = (value) =>
  value >= 1e6
    ? `${+(value / 1e6).toFixed(1)}M`
    : value >= 1e4
      ? `${+(value / 1e3).toFixed(1)}k`
      : `${+value.toFixed(2)}`;
const milliseconds = (value) => (value >= 1000 ? `${+(value / 1000).toFixed(2)} s` : `${+value.toFixed(1)} ms`);
const clock = (value) => `${value} s`;

/** Returns a plot's maximum over all runs, so that compared runs have the same scale. */
const most = (pick) =>
  Math.max(1e-9, ...report.runs.flatMap((run) => pick(run).flatMap((values) => values.map((value) => value ?? 0))));

/** The last second of the longest run. */
const longest = Math.max(1, ...report.runs.map(({ series }) => series.offered.length - 1));

const plots = [
  {
    id: "traffic",
    title: "Requests a second",
    lines: [
      ["offered", "c9", ({ series }) => series.offered],
      ["accepted", "c1", ({ series }) => series.accepted],
      ["issued", "c2", ({ series }) => series.issued],
      ["errors", "c3", ({ series }) => series.errors],
    ],
    format: short,
  },
  {
    id: "waiting",
    title: "Waiting to be decided",
    lines: [
      ["accepted and not decided", "c4", ({ series }) => series.waiting, true],
      ["lag of the topic", "c5", ({ series }) => series.lag],
    ],
    format: short,
  },
  {
    id: "latency",
    title: "Latency by second",
    lines: [
      ["p50", "c1", ({ series }) => series.p50],
      ["p99", "c7", ({ series }) => series.p99],
    ],
    format: milliseconds,
  },
  {
    id: "connections",
    title: "Database connections",
    lines: [
      ["open", "c6", ({ series }) => series.connections],
      ["at work", "c5", ({ series }) => series.activeConnections],
    ],
    format: short,
  },
  {
    id: "cpu",
    title: "CPU of the hosts, in cores",
    lines: (run) =>
      Object.keys(run.series.cpu).map((host, index) => [
        host,
        host === report.generator ? "c3" : `c${[9, 1, 2, 4, 5, 6, 7, 8][index % 8]}`,
        ({ series }) => series.cpu[host] ?? [],
      ]),
    format: short,
  },
];

const drawn = [];

function axis(format, size = 58) {
  return {
    stroke: color("soft"),
    grid: { stroke: color("grid"), width: 1 },
    ticks: { stroke: color("grid"), width: 1 },
    font: "12px system-ui, sans-serif",
    size,
    values: (_, splits) => splits.map((value) => (value === null ? "" : format(value))),
  };
}

function draw(place, data, series, { format, x, scales, xFormat }) {
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: 220,
      padding: [8, 18, 0, 0],
      cursor: { points: { size: 6 }, y: false },
      legend: { live: true },
      scales,
      axes: [{ ...axis(xFormat, 32), ...x }, axis(format)],
      series: [{ label: "at", value: (_, value) => (value === null ? "" : xFormat(value)) }, ...series],
    },
    data,
    place,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 220 }));
  observer.observe(place);
  drawn.push(() => {
    observer.disconnect();
    plot.destroy();
  });
}

function drawAll() {
  while (drawn.length > 0) drawn.pop()();
  report.runs.forEach((run, index) => {
    for (const { id, lines, format } of plots) {
      const place = document.getElementById(`${id}-${index}`);
      const own = typeof lines === "function" ? lines(run) : lines;
      const top = most((each) => (typeof lines === "function" ? lines(each) : lines).map(([, , pick]) => pick(each)));
      const values = own.map(([, , pick]) => pick(run));
      const seconds = run.series.offered.map((_, second) => second);
      const series = own.map(([label, name, , filled]) => ({
        label,
        stroke: color(name),
        width: 1.75,
        points: { show: false },
        spanGaps: true,
        ...(filled ? { fill: `${color(name)}22` } : {}),
        value: (_, value) => (value === null || value === undefined ? "" : format(value)),
      }));
      draw(place, [seconds, ...values], series, {
        format,
        xFormat: clock,
        x: {},
        scales: { x: { time: false, range: [0, longest] }, y: { range: [0, top * 1.06] } },
      });
    }
    drawDistribution(run, document.getElementById(`distribution-${index}`));
  });
}

/**
 * Draws the latency at each share of the requests. The axis stretches the shares near 100 %,
 * because the slow end matters most.
 */
function drawDistribution(run, place) {
  const shares = report.shares;
  const positions = shares.map((_, index) => index);
  const positive = (values) => values.map((value) => Math.max(value, 1));
  const top = most((each) => [each.distribution.latency, each.distribution.timeToIssue]);
  const percent = (position) => {
    const share = shares[position];
    return share === undefined ? "" : `${+(share * 100).toFixed(1)}`;
  };
  const line = (label, name) => ({
    label,
    stroke: color(name),
    width: 1.75,
    points: { show: true, size: 4, fill: color(name) },
    value: (_, value) => (value === null ? "" : milliseconds(value)),
  });
  draw(
    place,
    [positions, positive(run.distribution.latency), positive(run.distribution.timeToIssue)],
    [line("answer", "c1"), line("issue", "c2")],
    {
      format: milliseconds,
      xFormat: (value) => `${percent(value)} %`,
      // A phone has no room for each of them.
      x: {
        splits: () => positions,
        values: ({ width }, splits) =>
          splits.map((position) => (width < 420 && position % 2 === 1 ? "" : percent(position))),
      },
      scales: { x: { time: false }, y: { distr: 3, range: [1, Math.max(10, top * 1.3)] } },
    },
  );
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
