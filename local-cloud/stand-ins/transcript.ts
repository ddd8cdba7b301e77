import { z } from "zod";

export const loggingSchema = z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]);
export type Logging = z.infer<typeof loggingSchema>;

const TAIL_LINES = 40;

/** What a command writes: kept for the resource's outputs, and shown line by line while it runs. */
export class Transcript {
  readonly #streams = { stdout: new Stream(), stderr: new Stream() };
  readonly #logging: Logging;
  readonly #show: (line: string) => void;
  readonly #noise: RegExp | undefined;
  readonly #tail: string[] = [];

  /**
   * @param logging which streams are shown; the plugin's default is both.
   * @param noise lines that are neither shown nor told in an error.
   */
  constructor(logging: Logging | undefined, show: (line: string) => void, noise?: RegExp) {
    this.#noise = noise;
    this.#logging = logging ?? "stdoutAndStderr";
    this.#show = show;
  }

  write(name: "stdout" | "stderr", chunk: Uint8Array): void {
    this.#lines(name, this.#streams[name].write(chunk));
  }

  /** Ends both streams and gives what they held, without the last line's end. */
  end(): { stdout: string; stderr: string } {
    this.#lines("stdout", this.#streams.stdout.end());
    this.#lines("stderr", this.#streams.stderr.end());
    return {
      stdout: this.#streams.stdout.text.replace(/\n$/, ""),
      stderr: this.#streams.stderr.text.replace(/\n$/, ""),
    };
  }

  /**
   * The last lines of both streams, as they came, to stand behind "it failed"; nothing when there
   * are none.
   */
  get said(): string {
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

  /** Gives the lines that are complete now. */
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
