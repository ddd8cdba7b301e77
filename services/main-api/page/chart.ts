import uPlot from "uplot";
import { element } from "./dom.ts";
import { short, timeOfDay } from "./format.ts";
import { type Sample, WINDOW } from "./history.ts";

/** A line of a chart. */
export interface Line {
  name: string;
  figure: keyof Sample;
  /** Name of the CSS custom property with its colour. */
  color: `--${string}`;
  /** Lengths of dash and gap, which distinguish lines without colour. */
  dash?: [number, number];
  format: (figure: number | null) => string;
}

const SHORTEST_WINDOW = 60;
const LOWEST_TOP = 5;

/** A chart of the last minutes. Its legend shows the newest values, or those under the pointer. */
export class Chart {
  readonly #lines: readonly Line[];
  readonly #plot: uPlot;
  readonly #place: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #values: HTMLElement[];
  readonly #title: string;
  #samples: readonly Sample[] = [];

  /** @param id id of a `figure` element with a heading. */
  constructor(id: string, lines: readonly Line[]) {
    const figure = element(id, HTMLElement);
    this.#lines = lines;
    this.#title = figure.querySelector("h2")?.textContent.trim() ?? id;
    const { list, values } = legend(lines);
    this.#values = values;
    this.#place = document.createElement("div");
    this.#place.className = "plot";
    this.#place.role = "img";
    this.#empty = document.createElement("p");
    this.#empty.className = "empty";
    this.#empty.textContent = "Collecting the first figures";
    this.#place.ariaLabel = `Chart: ${this.#title}. ${this.#empty.textContent}`;
    figure.append(list, this.#place);
    this.#plot = new uPlot(this.#options(), emptyData(lines), this.#place);
    this.#place.append(this.#empty);

    new ResizeObserver(() => {
      this.#plot.setSize(this.#size());
    }).observe(this.#place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#plot.redraw();
    });
  }

  /** Draws the samples. */
  show(samples: readonly Sample[]): void {
    this.#samples = samples;
    this.#empty.hidden = samples.length > 1;
    const columns = this.#lines.map(({ figure }) => samples.map((sample) => sample[figure]));
    this.#plot.setData([samples.map(({ at }) => at), ...columns]);
    this.#tell(samples.length - 1);
    const now = this.#lines.map(({ name }, index) => `${name} ${this.#values[index]?.textContent ?? ""}`);
    this.#place.ariaLabel = `Chart: ${this.#title}. Now: ${now.join(", ")}`;
  }

  #tell(index: number): void {
    const sample = this.#samples[index];
    this.#lines.forEach(({ figure, format }, line) => {
      const value = this.#values[line];
      if (value !== undefined) value.textContent = format(sample?.[figure] ?? null);
    });
  }

  #size(): { width: number; height: number } {
    return { width: this.#place.clientWidth, height: this.#place.clientHeight };
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: () => color("--muted"),
      grid: { stroke: () => color("--line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    return {
      ...this.#size(),
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.#tell(cursor.idx ?? this.#samples.length - 1);
          },
        ],
      },
      scales: {
        x: { range: (_, first, last) => [last - Math.min(WINDOW, Math.max(SHORTEST_WINDOW, last - first)), last] },
        y: { range: (_, __, highest) => [0, Math.max(LOWEST_TOP, highest * 1.1)] },
      },
      axes: [
        { ...axis, size: 28, space: 90, values: (_, ticks) => ticks.map((second) => timeOfDay(second * 1_000)) },
        { ...axis, size: 44, space: 32, values: (_, ticks) => ticks.map(short) },
      ],
      series: [
        {},
        ...this.#lines.map((line): uPlot.Series => ({
          stroke: () => color(line.color),
          width: 2,
          ...(line.dash && { dash: line.dash }),
          points: { show: false },
        })),
      ],
    };
  }
}

function legend(lines: readonly Line[]): { list: HTMLElement; values: HTMLElement[] } {
  const list = document.createElement("ul");
  list.className = "legend";
  const values = lines.map(({ name, color: property, dash }) => {
    const item = document.createElement("li");
    item.style.setProperty("--mark", `var(${property})`);
    const value = document.createElement("b");
    item.append(sampleOf(dash), name, value);
    list.append(item);
    return value;
  });
  return { list, values };
}

function sampleOf(dash: [number, number] | undefined): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const attributes = { x1: "0", x2: "20", y1: "4", y2: "4", "stroke-dasharray": dash?.join(" ") ?? "none" };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  svg.ariaHidden = "true";
  svg.append(line);
  return svg;
}

function emptyData(lines: readonly Line[]): uPlot.AlignedData {
  return [[], ...lines.map(() => [])];
}

/** Returns a colour of the current colour scheme. */
function color(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property);
}
