import type { Sample } from "@gifticon/load-agent/protocol.ts";
import type { Plan } from "./plan.ts";

/** Tells on standard error how far the test is: a line for each step, and one that changes each second while it runs on a terminal. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #open = false;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** A step begins. */
  step(what: string): void {
    if (this.#open) this.#out.write("\n");
    this.#open = false;
    this.#out.write(`==> ${what}\n`);
  }

  /** A second has passed. */
  running(plan: Plan, now: { second: number; asked: number; errors: number; sample: Sample | undefined }): void {
    const { second, asked, errors, sample } = now;
    const lag = sample?.lag === undefined ? "" : `, ${sample.lag} wait in the topic`;
    const rate = second > 0 ? Math.round(asked / second) : 0;
    const text = `    ${second} of ${plan.seconds} s: ${plan.users} users, ${asked} asked (${rate}/s), ${errors} errors${lag}`;
    if (this.#out.isTTY) {
      this.#out.write(`\r\u001b[K${text}`);
      this.#open = true;
    } else if (second % 10 === 0) this.#out.write(`${text}\n`);
  }
}
