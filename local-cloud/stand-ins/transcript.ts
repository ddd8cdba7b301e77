import { z } from "zod";

export const loggingSchema = z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]);
export type Logging = z.infer<typeof loggingSchema>;

const TAIL_LINES = 40;

/** The output of a command: recorded for the resource's outputs, and shown line by line. */
export class Transcript {
  readonly #streams = { stdout: new Stream(), stderr: new Stream() };
  readonly #logging: Logging;
  readonly #show: (line: string) => void;
  readonly #noise: RegExp | undefined;
  readonly #tail: string[] = [];

  /**
   * @param logging The streams that are shown; by default both, as in the plugin.
   * @param noise Matches lines that are neither shown nor part of an error.
   */
  constructor(logging: Logging | undefined, show: (line: string) => void, noise?: RegExp) {
    this.#noise = noise;
    this.#logging = logging ?? "stdoutAndStderr";
    this.#show = show;
  }

  write(name: "stdout" | "stderr", chunk: Uint8Array): void {
    this.#lines(name, this.#streams[name].write(chunk));
  }

  /** Ends both streams and returns their text without the last line break. */
  end(): { stdout: string; stderr: string } {
    this.#lines("stdout", this.#streams.stdout.end());
    this.#lines("stderr", this.#streams.stderr.end());
    return {
      stdout: this.#streams.stdout.text.replace(/\n$/, ""),
      stderr: this.#streams.stderr.text.replace(/\n$/, ""),
    };
  }

  /** The last lines of both streams with a colon before them, to end an error; "" without lines. */
  get lastLines(): string {
    return this.#tail.length === 0 ? "" : `:\n${this.#tail.join("\n")}`;
  }

  #lines(name: "stdout" | "stderr", all: readonly string[]): void {
    const lines = all.filter((line) => this.#noise?.test(line) !== true);
    this.#tail.push(...lines);
    this.#tail.splice(0, this.#tail.length - TAIL_LINES);
    if (this.#logging !== name && this.#logging !== "stdoutAndStderr") return;
    for (const line of lines) this.#show(line);
  }
}

class Stream {
  text = "";
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** Returns the lines that are complete now. */
  write(chunk: Uint8Array): string[] {
    return this.#add(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): string[] {
    const lines = this.#add(this.#decoder.decode());
    const last = this.#rest === "" ? [] : [this.#rest];
    this.#rest = "";
    return [...lines, ...last];
  }

  #add(text: string): string[] {
    this.text += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
