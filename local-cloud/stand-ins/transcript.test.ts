import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Transcript, type Logging } from "./transcript.ts";

function transcript(logging?: Logging, noise?: RegExp) {
  const shown: string[] = [];
  return { shown, said: new Transcript(logging, (line) => shown.push(line), noise) };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("what a command writes", () => {
  it("is kept as it came, but for the last line's end", () => {
    const { said } = transcript();
    said.write("stdout", bytes("one\ntwo\n\n"));
    said.write("stderr", bytes("three"));
    assert.deepEqual(said.end(), { stdout: "one\ntwo\n", stderr: "three" });
  });

  it("is shown by whole lines, however it arrives", () => {
    const { said, shown } = transcript();
    const euro = bytes("3 €\n");
    for (const part of [bytes("first "), bytes("line\nrest"), euro.subarray(0, 3), euro.subarray(3)])
      said.write("stdout", part);
    assert.deepEqual(shown, ["first line", "rest3 €"]);
    said.write("stdout", bytes("last"));
    said.end();
    assert.deepEqual(shown, ["first line", "rest3 €", "last"]);
  });

  it("is shown of the streams that are asked for", () => {
    for (const [logging, expected] of [
      ["stdout", ["out"]],
      ["stderr", ["err"]],
      ["none", []],
    ] as const) {
      const { said, shown } = transcript(logging);
      said.write("stdout", bytes("out\n"));
      said.write("stderr", bytes("err\n"));
      assert.deepEqual(shown, expected);
    }
  });

  it("is told in an error by its last lines, without noise", () => {
    const { said } = transcript("none", /tick/);
    said.write("stdout", bytes(Array.from({ length: 100 }, (_, index) => `line ${index}\ntick\n`).join("")));
    assert.equal(said.said.split("\n").length, 41);
    assert.match(said.said, /^:\nline 60\nline 61\n.*line 99$/s);
    assert.equal(transcript().said.said, "");
  });
});
