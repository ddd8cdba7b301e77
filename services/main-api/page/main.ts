import type { Stats } from "../stats.ts";
import { readStats } from "./api.ts";
import { AskPanel } from "./ask-panel.ts";
import { Chart } from "./chart.ts";
import { element, visible, wait } from "./dom.ts";
import { count, rate, timeOfDay } from "./format.ts";
import { History } from "./history.ts";

const EVERY_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 10;

const panel = new AskPanel();
const history = new History();
const charts = [
  new Chart("rate", [
    { name: "Accepted", figure: "acceptedRate", color: "--accepted", format: rate },
    { name: "Issued", figure: "issuedRate", color: "--issued", dash: [8, 4], format: rate },
  ]),
  new Chart("lag", [{ name: "Waiting", figure: "queued", color: "--left", format: count }]),
  new Chart("totals", [
    { name: "Accepted", figure: "accepted", color: "--accepted", format: count },
    { name: "Issued", figure: "issued", color: "--issued", dash: [8, 4], format: count },
    { name: "Rejected", figure: "rejected", color: "--rejected", dash: [2, 4], format: count },
    { name: "Left", figure: "left", color: "--left", dash: [12, 3], format: count },
  ]),
];
const live = element("live", HTMLElement);
const set = (id: string, text: string) => {
  element(id, HTMLElement).textContent = text;
};

function show(stats: Stats): void {
  const { mode, accepted, queued, issued, rejected, stock } = stats;
  set("remaining", count(stock.remaining));
  set("total", count(stock.total));
  const left = element("stock", HTMLProgressElement);
  left.max = Math.max(1, stock.total);
  left.value = stock.remaining;
  set("accepted", count(accepted));
  set("queued", mode === "direct" ? "none" : count(queued));
  set("issued", count(issued));
  set("rejected", count(rejected.duplicate + rejected.soldOut));
  set("rejected-why", `${count(rejected.duplicate)} duplicate · ${count(rejected.soldOut)} sold out`);

  const direct = mode === "direct";
  panel.hasQueue = !direct;
  element("lag", HTMLElement).hidden = direct;
  const note = direct
    ? "Direct mode: there is no queue and no lag. Each request is decided before it is answered, as fast as the database can."
    : queued === null
      ? "The broker is unavailable. Until it answers, the numbers of accepted and waiting requests are unknown."
      : "";
  element("mode", HTMLElement).hidden = note === "";
  set("mode", note);
  if (history.add(stats)) for (const chart of charts) chart.show(history.samples);
}

function tell(state: "live" | "away", text: string): void {
  live.dataset["state"] = state;
  // Screen readers announce each write, so an unchanged status isn't written.
  if (live.textContent !== text) live.textContent = text;
  document.body.classList.toggle("stale", state === "away");
}

let last: number | undefined;
for (let failures = 0; ;) {
  await visible();
  const answer = await readStats();
  if (answer.kind === "good") {
    failures = 0;
    last = Date.now();
    show(answer.body);
    tell("live", "Live");
    await wait(EVERY_SECONDS);
  } else {
    failures++;
    tell("away", last === undefined ? "No figures yet; trying again" : `No new figures since ${timeOfDay(last)}`);
    const seconds = answer.kind === "later" ? answer.seconds : undefined;
    await wait(seconds ?? Math.min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS));
  }
}
