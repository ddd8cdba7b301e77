import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Transcript, type Logging } from "./transcript.ts";

function transcript(logging?: Logging, noise?: RegExp) {
  const shown: string[] = [];
  return { shown, output: new Transcript(logging, (line) => shown.push(line), noise) };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the output of a command", () => {
  it("is recorded unchanged, except for the last line break", () => {
    const { output } = transcript();
    output.write("stdout", bytes("one\ntwo\n\n"));
    output.write("stderr", bytes("three"));
    assert.deepEqual(output.end(), { stdout: "one\ntwo\n", stderr: "three" });
  });

  it("is shown in whole lines, whatever its chunks are", () => {
    const { output, shown } = transcript();
    const euro = bytes("3 €\n");
    for (const part of [bytes("first "), bytes("line\nrest"), euro.subarray(0, 3), euro.subarray(3)])
      output.write("stdout", part);
    assert.deepEqual(shown, ["first line", "rest3 €"]);
    output.write("stdout", bytes("last"));
    output.end();
    assert.deepEqual(shown, ["first line", "rest3 €", "last"]);
  });

  it("is shown for the streams that are selected", () => {
    for (const [logging, expected] of [
      ["stdout", ["out"]],
      ["stderr", ["err"]],
      ["none", []],
    ] as const) {
      const { output, shown } = transcript(logging);
      output.write("stdout", bytes("out\n"));
      output.write("stderr", bytes("err\n"));
      assert.deepEqual(shown, expected);
    }
  });

  it("ends an error with its last lines, without noise", () => {
    const { output } = transcript("none", /tick/);
    output.write("stdout", bytes(Array.from({ length: 100 }, (_, index) => `line ${index}\ntick\n`).join("")));
    assert.equal(output.lastLines.split("\n").length, 41);
    assert.match(output.lastLines, /^:\nline 60\nline 61\n.*line 99$/s);
    assert.equal(transcript().output.lastLines, "");
  });
});
