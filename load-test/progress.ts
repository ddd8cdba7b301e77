import type { Sample } from "@gifticon/load-agent/protocol.ts";
import type { Plan } from "./plan.ts";

/**
 * Reports progress on standard error: a line for each step. On a terminal one line counts the
 * seconds.
 */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #open = false;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  /** Reports the start of a step. */
  step(what: string): void {
    if (this.#open) this.#out.write("\n");
    this.#open = false;
    this.#out.write(`==> ${what}\n`);
  }

  /** Reports the counts of a second. */
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
